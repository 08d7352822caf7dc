package iam_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/iam/iamtest"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

// Whatever staff do to each other: an owner remains, and a right that only the
// owner holds reaches nobody but through an owner.
func TestRightsOnlyFlowDownhill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := kittest.New(t, d)
		s := iamtest.New(t, k, iam.Options{})
		merchants := 0
		rapid.Check(t, func(r *rapid.T) {
			merchants++
			_, owner := iamtest.Merchant(t, s, fmt.Sprintf("m%d", merchants))
			roles, err := s.Roles(owner)
			ok(t, err)
			byOwner := map[id.ID]bool{} // users whom an owner gave a role with order.reveal
			people := []id.ID{actorOf(owner).ID}
			byOwner[people[0]] = true
			for step := range rapid.IntRange(1, 7).Draw(r, "steps") {
				who := rapid.SampledFrom(people).Draw(r, "who")
				u, err := s.User(owner, who)
				ok(t, err)
				a := actorOf(owner)
				a.ID = who
				a.Permissions = rightsOf(u)
				if !u.Active {
					continue
				}
				ctx := actor.With(owner, a)
				role := rapid.SampledFrom(roles).Draw(r, "role")
				reveals := slices.Contains(role.Permissions, "order.reveal")
				whom := rapid.SampledFrom(people).Draw(r, "whom")
				switch rapid.IntRange(0, 2).Draw(r, "what") {
				case 0:
					c, err := s.CreateUser(ctx, iam.CreateUserInput{UserName: fmt.Sprintf("u%d", step), RoleIDs: []id.ID{role.ID}})
					if err == nil {
						people = append(people, c.User.ID)
						byOwner[c.User.ID] = reveals && slices.Contains(a.Permissions, "order.reveal")
					}
				case 1:
					if _, err := s.UpdateUser(ctx, iam.UpdateUserInput{UserID: whom, RoleIDs: []id.ID{role.ID}}); err == nil {
						byOwner[whom] = reveals && slices.Contains(a.Permissions, "order.reveal")
					}
				case 2:
					active := rapid.Bool().Draw(r, "active")
					_, _ = s.UpdateUser(ctx, iam.UpdateUserInput{UserID: whom, Active: &active})
				}
				owners := 0
				for _, p := range people {
					u, err := s.User(owner, p)
					ok(t, err)
					if u.Active && slices.ContainsFunc(u.Roles, func(r iam.Role) bool { return r.Code == iam.Owner }) {
						owners++
					}
					if slices.Contains(rightsOf(u), "order.reveal") && !byOwner[p] {
						r.Fatalf("%s reveals, and no owner gave it", u.UserName)
					}
				}
				if owners == 0 {
					r.Fatal("no owner is left")
				}
			}
		})
	})
}

func actorOf(ctx context.Context) actor.Actor {
	a, _ := actor.From(ctx)
	return a
}

func rightsOf(u iam.User) []string {
	var out []string
	for _, r := range u.Roles {
		out = append(out, r.Permissions...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
