package waybill

import (
	"context"
	"errors"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/logistics"
)

// Result is what became of one request of several.
type Result struct {
	Issued logistics.Issued
	Err    error
}

// Batcher issues several numbers in one call; the results stand in the order of the
// requests. Errors: of the call as a whole those of Issue, logistics.ErrUnsupported where
// this issuer takes one at a time.
type Batcher interface {
	IssueMany(ctx context.Context, rs []logistics.Request) ([]Result, error)
}

// together asks for what may be asked for in one call, and returns what has to be asked
// for by itself: rows to be looked up or given back first, and those of a call that was
// refused as a whole, of which one parcel may be the cause.
func (b *batch) together(ctx context.Context, due []Waybill) (alone []Waybill) {
	m, can := b.issuer.(Batcher)
	if !can || b.trouble != nil || b.issuer.Traits().Batch < 2 {
		return due
	}
	type kind struct {
		product string
		sender  logistics.Party
	}
	groups, order := map[kind][]Waybill{}, []kind{}
	for _, w := range due {
		c := b.content[w.ID]
		if w.State != Wanted || c.Err != nil || c.Version != w.Version {
			alone = append(alone, w)
			continue
		}
		k := kind{w.Product, c.Request.Sender}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], w)
	}
	for _, k := range order {
		for some := range slices.Chunk(groups[k], b.issuer.Traits().Batch) {
			if len(some) == 1 || b.trouble != nil || ctx.Err() != nil || !b.many(ctx, m, some) {
				alone = append(alone, some...)
			}
		}
	}
	return alone
}

// many has one call made. It reports false where nothing came of it and each may be asked
// for by itself.
func (b *batch) many(ctx context.Context, m Batcher, some []Waybill) bool {
	rs := make([]logistics.Request, len(some))
	for i, w := range some {
		rs[i] = b.content[w.ID].Request
	}
	got, err := m.IssueMany(ctx, rs)
	if err == nil && len(got) != len(some) {
		err = logistics.ErrUnknownOutcome
	}
	if err != nil && !ofAccount(err) && !silent(err) {
		return false
	}
	for i, w := range some {
		switch {
		case err != nil:
			b.write(ctx, w, judge(err, Wanted))
		case got[i].Err != nil && errors.Is(got[i].Err, logistics.ErrDone):
			b.one(ctx, w) // the key has a number: asked by itself it is found
		case got[i].Err != nil:
			b.write(ctx, w, judge(got[i].Err, Wanted))
		default:
			b.write(ctx, w, outcome{state: Issued, issued: got[i].Issued})
		}
	}
	return true
}

// silent reports whether an error leaves open what took effect.
func silent(err error) bool {
	e := errs.As(err)
	return e == nil || e.Kind == errs.Unavailable
}
