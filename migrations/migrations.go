// Package migrations embeds the schema: one SQL text for both engines, written in
// SQLite's words and translated by kit/db for PostgreSQL.
package migrations

import "embed"

//go:embed *.sql
var FS embed.FS
