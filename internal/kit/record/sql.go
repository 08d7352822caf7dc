package record

import "strings"

// Update is the statement that sets some columns of table where a condition holds.
func Update(table string, set []string, where string) string {
	return `UPDATE ` + table + ` SET ` + strings.Join(set, " = ?, ") + ` = ? WHERE ` + where
}
