package job

import "github.com/ordercove/ordercove/internal/kit/db"

var rowColumns = []string{"merchant_id", "job_id", "row_no", "ref", "object_id", "result", "code", "params", "field"}

const (
	// A row that is retried in the same job replaces its former result.
	rowConflict = `ON CONFLICT (merchant_id, job_id, row_no) DO UPDATE SET ref = excluded.ref, object_id = excluded.object_id,
		result = excluded.result, code = excluded.code, params = excluded.params, field = excluded.field`

	insertJob = `INSERT INTO job_job (merchant_id, id, kind, state, unique_key, group_key, payload, total, visible,
		actor_kind, actor_id, actor_name, actor, run_at, created_at)
		VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (merchant_id, unique_key) WHERE unique_key IS NOT NULL DO NOTHING`
	selectUnique = `SELECT id FROM job_job WHERE merchant_id = ? AND unique_key = ?`

	wakeMerchant   = `UPDATE job_due SET due_at = ? WHERE merchant_id = ? AND due_at > ?`
	insertMerchant = `INSERT INTO job_due (merchant_id, due_at) VALUES (?, ?) ON CONFLICT (merchant_id) DO NOTHING`
	restMerchant   = `UPDATE job_due SET due_at = ? WHERE merchant_id = ? AND due_at = ?`
	selectDue      = `SELECT merchant_id, due_at FROM job_due WHERE due_at <= ? ORDER BY due_at, merchant_id LIMIT 64`
	selectAllDue   = `SELECT merchant_id FROM job_due ORDER BY merchant_id`

	// A run that made no progress counts as an attempt; a crashed one comes back
	// when its lease ends.
	expireLeases = `UPDATE job_job SET state = 'waiting', run_at = ?, lease_holder = '' WHERE merchant_id = ? AND state = 'running' AND lease_until < ?`
	reclaimMine  = `UPDATE job_job SET state = 'waiting', run_at = ?, lease_holder = '' WHERE merchant_id = ? AND state = 'running' AND lease_holder LIKE ?`

	selectNext = `SELECT j.id FROM job_job j WHERE j.merchant_id = ? AND j.state = 'waiting' AND j.run_at <= ?
		AND (j.group_key = '' OR NOT EXISTS (SELECT 1 FROM job_job r
			WHERE r.merchant_id = j.merchant_id AND r.group_key = j.group_key AND r.state = 'running' AND r.group_key <> ''))
		ORDER BY j.run_at, j.id LIMIT 1`
	claim = `UPDATE job_job SET state = 'running', attempt = attempt + 1, lease_holder = ?, lease_until = ?,
		started_at = CASE WHEN started_at = 0 THEN ? ELSE started_at END,
		unique_key = CASE WHEN unique_key LIKE '~%' THEN NULL ELSE unique_key END
		WHERE merchant_id = ? AND id = ? AND state = 'waiting'`
	// When the merchant's next job is due, or its next lease ends.
	selectNextDue = `SELECT COALESCE(MIN(due), 0) FROM (
		SELECT MIN(run_at) AS due FROM job_job WHERE merchant_id = ? AND state = 'waiting'
		UNION ALL SELECT MIN(lease_until) AS due FROM job_job WHERE merchant_id = ? AND state = 'running') AS both_due`

	advance = `UPDATE job_job SET checkpoint = ?, done = done + ?, ok_count = ok_count + ?, failed_count = failed_count + ?,
		skipped_count = skipped_count + ?, total = ?, result = ?, attempt = 0, lease_until = ?
		WHERE merchant_id = ? AND id = ? AND state = 'running' AND lease_holder = ?`
	heartbeat  = `UPDATE job_job SET lease_until = ? WHERE merchant_id = ? AND id = ? AND state = 'running' AND lease_holder = ?`
	selectStop = `SELECT cancel_asked FROM job_job WHERE merchant_id = ? AND id = ? AND state = 'running' AND lease_holder = ?`

	finish = `UPDATE job_job SET state = ?, error_code = ?, error_params = ?, finished_at = ?, lease_holder = '', unique_key = NULL
		WHERE merchant_id = ? AND id = ? AND state = 'running' AND lease_holder = ?`
	putBack = `UPDATE job_job SET state = 'waiting', run_at = ?, attempt = ?, error_code = ?, error_params = ?, lease_holder = ''
		WHERE merchant_id = ? AND id = ? AND state = 'running' AND lease_holder = ?`
	again = `UPDATE job_job SET state = 'waiting', run_at = ?, attempt = 0, checkpoint = '', done = 0, ok_count = 0, failed_count = 0, skipped_count = 0,
		total = 0, error_code = '', error_params = '', lease_holder = ''
		WHERE merchant_id = ? AND id = ? AND state = 'running' AND lease_holder = ?`

	askCancel    = `UPDATE job_job SET cancel_asked = 1 WHERE merchant_id = ? AND id = ? AND state = 'running'`
	cancelNow    = `UPDATE job_job SET state = 'cancelled', cancel_asked = 1, finished_at = ?, unique_key = NULL WHERE merchant_id = ? AND id = ? AND state = 'waiting'`
	reviveFailed = `UPDATE job_job SET state = 'waiting', run_at = ?, attempt = 0, error_code = '', error_params = '', finished_at = 0, cancel_asked = 0
		WHERE merchant_id = ? AND id = ? AND state = 'failed'`

	jobColumns = `merchant_id, id, kind, state, group_key, payload, checkpoint, result, total, done, ok_count, failed_count, skipped_count,
		attempt, error_code, error_params, cancel_asked, visible, actor_kind, actor_id, actor_name, created_at, started_at, finished_at`
	selectJob   = `SELECT ` + jobColumns + ` FROM job_job WHERE merchant_id = ? AND id = ?`
	selectActor = `SELECT actor FROM job_job WHERE merchant_id = ? AND id = ?`

	selectFailedNos = `SELECT row_no FROM job_row WHERE merchant_id = ? AND job_id = ? AND result = 'failed' ORDER BY row_no`

	selectNotOKNos = `SELECT row_no FROM job_row WHERE merchant_id = ? AND job_id = ? AND result <> 'ok' ORDER BY row_no`

	pruneRows = `DELETE FROM job_row WHERE merchant_id = ? AND job_id IN (SELECT id FROM job_job
		WHERE merchant_id = ? AND id < ? AND finished_at > 0 AND finished_at < ? ORDER BY id LIMIT 100)`
	pruneJobs = `DELETE FROM job_job WHERE merchant_id = ? AND id IN (SELECT id FROM job_job
		WHERE merchant_id = ? AND id < ? AND finished_at > 0 AND finished_at < ? ORDER BY id LIMIT 100)`

	countStates = `SELECT state, COUNT(*) FROM job_job WHERE merchant_id = ? AND state IN ('waiting', 'running') GROUP BY state`
	// Two halves, so that each walks its own small index.
	countBacklog = `SELECT CAST(COALESCE(SUM(due), 0) AS BIGINT), CAST(COALESCE(SUM(scheduled), 0) AS BIGINT), CAST(COALESCE(SUM(retrying), 0) AS BIGINT), CAST(COALESCE(SUM(running), 0) AS BIGINT) FROM (
		SELECT CASE WHEN run_at <= ? THEN 1 ELSE 0 END AS due, CASE WHEN run_at > ? THEN 1 ELSE 0 END AS scheduled,
			CASE WHEN error_code <> '' THEN 1 ELSE 0 END AS retrying, 0 AS running FROM job_job WHERE merchant_id = ? AND state = 'waiting'
		UNION ALL SELECT 0, 0, 0, 1 FROM job_job WHERE merchant_id = ? AND state = 'running') AS open_jobs`
)

// nextSQL lets PostgreSQL's workers pass over jobs that another one is claiming.
func nextSQL(d db.Dialect) string {
	if d == db.Postgres {
		return selectNext + ` FOR UPDATE OF j SKIP LOCKED`
	}
	return selectNext
}

func listSQL(kind, state, cursor bool) string {
	q := `SELECT ` + jobColumns + ` FROM job_job WHERE merchant_id = ? AND visible = 1`
	if kind {
		q += ` AND kind = ?`
	}
	if state {
		q += ` AND state = ?`
	}
	if cursor {
		q += ` AND id < ?`
	}
	return q + ` ORDER BY id DESC LIMIT ?`
}

func rowsSQL(result bool) string {
	q := `SELECT row_no, ref, object_id, result, code, params, field FROM job_row WHERE merchant_id = ? AND job_id = ?`
	if result {
		q += ` AND result = ?`
	}
	return q + ` AND row_no > ? ORDER BY row_no LIMIT ?`
}
