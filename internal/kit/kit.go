// Package kit is what every capability is built on, handed over as one value.
// It has no business words.
package kit

import (
	"log/slog"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Kit holds the shared instruments. app builds one; kittest builds one for tests.
type Kit struct {
	DB       *db.DB
	IDs      *id.Source
	Clock    clock.Clock
	Events   *event.Log
	Runner   *event.Runner
	Commands *command.Pipe
	Seal     *seal.Vault
	Files    *file.Files
	Jobs     *job.Queue
	Log      *slog.Logger
}
