package world

import (
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/clock"
)

func TestACursorTellsEverythingOfOneInstantOnce(t *testing.T) {
	w, err := New(Config{Clock: clock.NewFake(time.UnixMilli(1794326401000))})
	if err != nil {
		t.Fatal(err)
	}
	s := w.Add(Platform{Code: "p"}, 1, "")
	s.Do(func(tx *Tx) {
		for range 2 * toldMost {
			if _, err := tx.Create(Wanted{Still: true}); err != nil {
				t.Fatal(err)
			}
		}
		for _, oldest := range []bool{true, false} {
			seen, k := map[string]bool{}, Cursor{}
			for more := true; more; {
				var ok bool
				if k.Set {
					if k, ok = ReadCursor(k.Text()); !ok {
						t.Fatal("unreadable")
					}
				}
				q := Query{Oldest: oldest, Keep: func(o *Order) bool { return !k.Has(o.No) }}
				var offset int
				q.From, q.To, offset = k.Narrow(0, tx.Now(), oldest)
				page, total := tx.List(q, offset, 70)
				for _, o := range page {
					if seen[o.No] {
						t.Fatal("twice", o.No)
					}
					seen[o.No] = true
					k = k.Tell(o.ModifiedAt, o.No)
				}
				more = total > offset+len(page)
			}
			if len(seen) != 2*toldMost {
				t.Error("missed", 2*toldMost-len(seen))
			}
		}
	})
	if _, ok := ReadCursor("nonsense"); ok {
		t.Error("nonsense is a cursor")
	}
	if len(Cursor{}.Tell(1, "a").Tell(1, "b").Tell(2, "c").Told) != 1 {
		t.Error("another instant begins anew")
	}
}
