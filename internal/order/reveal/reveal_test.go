package reveal_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/kittest"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/ordertest"
	"github.com/ordercove/ordercove/internal/order/reveal"
)

var errNo = errors.New("the channel says no")

// nobody opens receivers.
func nobody(context.Context, order.Order, []reveal.Field, string) ([]string, error) {
	return nil, reveal.ErrNoOpener
}

func TestRevealShowsPlainTextWithReasonRightAndTrace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		o := w.One(ctx, 0, w.Doc("1001", "A-1"))
		s := reveal.New(w.Kit, w.Orders, nobody)
		in := reveal.Input{OrderID: o.ID, Fields: []string{"phone"}, Reason: "买家来电"}
		if _, err := s.Show(kittest.As(ctx, "order.read"), in); errs.KindOf(err) != errs.Forbidden {
			t.Fatal(err)
		}
		if _, err := s.Show(ctx, reveal.Input{OrderID: o.ID, Fields: []string{"phone"}}); !errors.Is(err, order.ErrNoReason) {
			t.Fatal(err)
		}
		r, err := s.Show(ctx, in)
		if err != nil || r.Phone != "13800001234" || r.Name != "" || r.Detail != "" {
			t.Fatalf("%+v %v", r, err)
		}
		a := kittest.Audited(t)
		last := a[len(a)-1]
		if last.Action != "order.reveal" || last.Object != "order/"+o.ID.String() || last.Detail["reason"] != "买家来电" {
			t.Errorf("%+v", last)
		}
	})
}
func TestWhatTheChannelCipheredIsOpenedByItForWhomAsksAndKeptNowhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		doc := w.Doc("1001", "A-1")
		doc.Receiver = order.Receiver{Name: "##ab##", Phone: "$$cd$$", Detail: "##ef##", Province: "浙江省", Encrypted: true}
		o := w.Pulled(ctx, 0, doc)
		var asked []reveal.Field
		answer, fault := []string{"13800001234"}, error(nil)
		s := reveal.New(w.Kit, w.Orders, func(_ context.Context, of order.Order, fields []reveal.Field, purpose string) ([]string, error) {
			if of.ChannelOrderNo != "1001" || purpose != "买家来电" {
				t.Errorf("%s %q", of.ChannelOrderNo, purpose)
			}
			asked = fields
			return answer, fault
		})
		in := reveal.Input{OrderID: o.ID, Fields: []string{"phone"}, Reason: "买家来电"}
		if _, err := s.Show(kittest.As(ctx, "order.read"), in); errs.KindOf(err) != errs.Forbidden || asked != nil {
			t.Fatalf("without the right: %v, the channel was asked for %v", err, asked)
		}
		r, err := s.Show(ctx, in)
		if err != nil || r.Phone != "13800001234" || r.Name+r.Detail != "" || r.Encrypted || !slices.Equal(asked, []reveal.Field{{Name: "phone", Text: "$$cd$$"}}) {
			t.Fatalf("%+v %v, asked %v", r, err, asked)
		}
		if a := kittest.Audited(t); a[len(a)-1].Detail["by_channel"] != true {
			t.Errorf("%+v", a[len(a)-1])
		}
		if stored := w.Receiver(ctx, o.ID); stored.Phone != "$$cd$$" {
			t.Errorf("stored %+v", stored)
		}
		// A field that the channel did not open shows nothing, not its cipher text.
		in.Fields, answer = []string{"name", "phone", "address"}, []string{"赵小满", "", "文一路 8 号"}
		if r, err := s.Show(ctx, in); err != nil || r.Name != "赵小满" || r.Phone != "" || r.Detail != "文一路 8 号" || r.Province != "浙江省" {
			t.Errorf("%+v %v", r, err)
		}
		before := len(kittest.Audited(t))
		answer = []string{"", "", ""}
		if _, err := s.Show(ctx, in); !errors.Is(err, reveal.ErrEmpty) {
			t.Errorf("nothing opened: %v", err)
		}
		fault = errNo
		if _, err := s.Show(ctx, in); !errors.Is(err, errNo) {
			t.Errorf("the channel says no: %v", err)
		}
		if n := len(kittest.Audited(t)); n != before {
			t.Errorf("%d looks that saw nothing are in the trail", n-before)
		}
		if _, err := reveal.New(w.Kit, w.Orders, nobody).Show(ctx, in); !errors.Is(err, reveal.ErrSealed) {
			t.Errorf("nobody opens it: %v", err)
		}
	})
}

func TestWhatIsOnlyMaskedStaysMaskedWhereTheChannelOpensNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, ctx := ordertest.New(t, d)
		doc := w.Doc("1001", "A-1")
		doc.Receiver = order.Receiver{Name: "赵*", Phone: "138****1234", Detail: "文一路***"}
		o := w.Pulled(ctx, 0, doc)
		in := reveal.Input{OrderID: o.ID, Fields: []string{"phone"}, Reason: "view"}
		if r, err := reveal.New(w.Kit, w.Orders, nobody).Show(ctx, in); err != nil || !strings.Contains(r.Phone, "*") {
			t.Errorf("%+v %v", r, err)
		}
		opens := func(context.Context, order.Order, []reveal.Field, string) ([]string, error) {
			return []string{"13800001234"}, nil
		}
		if r, err := reveal.New(w.Kit, w.Orders, opens).Show(ctx, in); err != nil || r.Phone != "13800001234" {
			t.Errorf("%+v %v", r, err)
		}
	})
}
