package world

import (
	"path/filepath"
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/clock"
)

func labelPlatform() Platform {
	p := testPlatform()
	p.Labels = map[string]string{}
	for kind := range numberForms {
		p.Labels["x-"+kind] = kind
	}
	return p
}

// labelling is a shop and a request for a waybill of a paid order.
func labelling(t testing.TB, c Config) (*Shop, Issue) {
	k := clock.NewFake(testStart)
	c.Clock = k
	w, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	s := w.Add(labelPlatform(), 1, "")
	i := Issue{Key: "p1", Carrier: "x-ZTO"}
	s.Do(func(tx *Tx) {
		tx.Quiet(true)
		o, err := tx.Create(Wanted{Paid: true})
		if err != nil {
			t.Fatal(err)
		}
		i.Orders, i.Receiver = []string{o.No}, o.Receiver
	})
	return s, i
}

func issue(t testing.TB, s *Shop, i Issue) (l Label, err error) {
	s.Do(func(tx *Tx) {
		i.Sender = tx.Branches(i.Carrier)[0].Sender
		l, err = tx.IssueLabel(i)
	})
	return l, err
}

func TestNumbersHaveTheFormOfTheirCarrier(t *testing.T) {
	s, i := labelling(t, Config{Seed: 1})
	for kind, form := range map[string]string{"SF": `^SF\d{13}$`, "ZTO": `^7[3-9]\d{12}$`, "YTO": `^YT\d{13}$`, "STO": `^77\d{13}$`, "YUNDA": `^[34]\d{14}$`, "JTSD": `^JT\d{13}$`,
		"JD": `^JD[A-Z]{1,2}\d{11,13}$`, "EMS": `^(10|11|12|13|50|51|52|95|97|98|99)\d{11}$`, "POST": `^99\d{11}$`, "DBKD": `^DPK\d{12}$`} {
		i.Carrier = "x-" + kind
		l, err := issue(t, s, i)
		if err != nil || !regexp.MustCompile(form).MatchString(l.No) {
			t.Errorf("%s: %q %v", kind, l.No, err)
		}
	}
}

// TestWhatIsLeftAddsUp: whatever is asked, a key has one standing waybill at most, no
// number comes twice, and the branch counts right.
func TestWhatIsLeftAddsUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, i := labelling(t, Config{Seed: 2})
		stock := rapid.Int64Range(0, 6).Draw(r, "stock")
		s.Do(func(tx *Tx) {
			if err := tx.SetBalance(i.Carrier, stock); err != nil {
				r.Fatal(err)
			}
		})
		standing, seen := map[string]string{}, map[string]bool{}
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			i.Key = rapid.SampledFrom([]string{"p1", "p2", "p3", "p4"}).Draw(r, "key")
			no, has := standing[i.Key]
			if has && rapid.Bool().Draw(r, "cancel") {
				s.Do(func(tx *Tx) {
					if err := tx.CancelLabel(i.Carrier, no); err != nil {
						r.Fatal(err)
					}
					if KindOf(tx.CancelLabel(i.Carrier, no)) != Done {
						r.Fatal("cancelled twice")
					}
				})
				delete(standing, i.Key)
				continue
			}
			l, err := issue(t, s, i)
			switch {
			case has && (err != nil || l.No != no):
				r.Fatalf("%s became %s, %v", no, l.No, err)
			case has:
			case int64(len(standing)) == stock && KindOf(err) != Balance:
				r.Fatalf("with none left: %v", err)
			case int64(len(standing)) < stock && (err != nil || seen[l.No]):
				r.Fatalf("%s %v", l.No, err)
			case err == nil:
				standing[i.Key], seen[l.No] = l.No, true
			}
		}
		s.Do(func(tx *Tx) {
			if b := tx.Branches(i.Carrier)[0]; b.Left != stock-int64(len(standing)) || b.Used != int64(len(standing)) || len(tx.LabelsOf("")) != len(standing) {
				r.Fatalf("%+v with %d standing of %d", b, len(standing), stock)
			}
		})
	})
}

func TestWaybillsOutliveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.jsonl")
	s, i := labelling(t, Config{Seed: 3, StatePath: path})
	kept, err := issue(t, s, i)
	if err != nil {
		t.Fatal(err)
	}
	gone := i
	gone.Key = "p2"
	back, err := issue(t, s, gone)
	if err != nil {
		t.Fatal(err)
	}
	s.Do(func(tx *Tx) {
		if err := tx.CancelLabel(i.Carrier, back.No); err != nil {
			t.Fatal(err)
		}
		if err := tx.SetBalance(i.Carrier, 1); err != nil {
			t.Fatal(err)
		}
	})
	if err := s.World().Close(); err != nil {
		t.Fatal(err)
	}
	w, err := New(Config{Seed: 3, StatePath: path, Clock: clock.NewFake(testStart)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	s = w.Add(labelPlatform(), 1, "")
	if again, err := issue(t, s, i); err != nil || again.No != kept.No {
		t.Errorf("%+v %v", again, err)
	}
	if again, err := issue(t, s, gone); err != nil || again.No == back.No || again.No == kept.No {
		t.Errorf("the cancelled one: %+v %v", again, err)
	}
	gone.Key = "p3"
	if _, err := issue(t, s, gone); KindOf(err) != Balance {
		t.Errorf("with none left: %v", err)
	}
}
