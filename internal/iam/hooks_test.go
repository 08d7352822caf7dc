package iam_test

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// hooks is one that fails.
func hooks(err error) []func(context.Context, *db.Tx, id.ID) error {
	return []func(context.Context, *db.Tx, id.ID) error{func(context.Context, *db.Tx, id.ID) error { return err }}
}
