package node

const (
	selectLeases = `SELECT node, holder, until_at FROM node_lease ORDER BY node`
	insertLease  = `INSERT INTO node_lease (node, holder, until_at) VALUES (?, ?, ?) ON CONFLICT (node) DO NOTHING`
	takeLease    = `UPDATE node_lease SET holder = ?, until_at = ? WHERE node = ? AND (holder = ? OR until_at < ?)`
	renewLease   = `UPDATE node_lease SET until_at = ? WHERE node = ? AND holder = ?`
	endLease     = `UPDATE node_lease SET until_at = 0 WHERE node = ? AND holder = ?`
)
