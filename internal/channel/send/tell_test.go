package send_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/send"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/review"
)

func (m *mall) TellBuyer(_ context.Context, b channel.BuyerMessage) error {
	return m.answer("tell "+b.OrderNo+" "+b.Text, func() error {
		if m.orders[b.OrderNo].Status == channel.Closed {
			return channel.Told(channel.ErrRefused, "closed", "the order is closed")
		}
		if m.told = append(m.told, b.Text); slices.Contains(m.told[:len(m.told)-1], b.Text) {
			m.told = m.told[:len(m.told)-1]
			return channel.ErrDone
		}
		return nil
	})
}

// desk is a world whose reviewers write to buyers.
func desk(t *testing.T, d *db.DB, can ...channel.Capability) (*world, *review.Service) {
	w := setUp(t, d, can...)
	s := review.New(w.Kit, review.NewEngine(w.Kit), w.Orders)
	s.Teller = w.send.TellTx
	return w, s
}

func (w *world) message(s *review.Service, o id.ID) review.Message {
	w.T.Helper()
	e, err := s.Explain(w.ctx, o)
	if err != nil || len(e.Messages) != 1 {
		w.T.Fatalf("%+v %v", e.Messages, err)
	}
	return e.Messages[0]
}

func TestARejectionReachesTheBuyerOnceWhereTheChannelTakesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, s := desk(t, d, channel.BuyerMessages, channel.Memos)
		o := w.bring("A1")
		in := review.RejectInput{OrderID: o, Reason: "超出限购", Message: "抱歉，每人限购一件", Memo: true}
		if _, err := s.Reject(w.ctx, in); err != nil {
			t.Fatal(err)
		}
		if m := w.message(s, o); m.Way != review.ByChannel || m.SentAt != 0 {
			t.Errorf("before it is sent: %+v", m)
		}
		lost := false
		w.mall.lose = func() bool { was := lost; lost = true; return !was }
		w.settle(4)
		w.want(send.Done, 2) // the message and the memo
		if n := len(w.mall.told); n != 1 || w.mall.orders["A1"].SellerNote != "超出限购" {
			t.Errorf("told %d times, memo %q", n, w.mall.orders["A1"].SellerNote)
		}
		m := w.message(s, o)
		if m.SentAt == 0 {
			t.Errorf("%+v", m)
		}
		// What the channel said needs no tick.
		if err := s.MarkSent(w.ctx, m.ID); err != nil {
			t.Error(err)
		}
		if got := w.message(s, o); got.SentAt != m.SentAt {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhatTheChannelDoesNotTakeAPersonSends(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, s := desk(t, d)
		silent := w.bring("A1") // a channel without a way to its buyers
		if err := s.Ask(w.ctx, review.AskInput{OrderID: silent, Text: "请补全门牌号"}); err != nil {
			t.Fatal(err)
		}
		m := w.message(s, silent)
		if m.Way != review.ByPerson || m.SentAt != 0 {
			t.Errorf("%+v", m)
		}
		w.settle(1)
		w.want(send.Done, 0)
		if err := s.MarkSent(w.ctx, m.ID); err != nil {
			t.Fatal(err)
		}
		if got := w.message(s, silent); got.SentAt == 0 {
			t.Errorf("%+v", got)
		}
		if err := s.MarkSent(w.ctx, 77); !errors.Is(err, review.ErrNoMessage) {
			t.Error(err)
		}
		if err := s.Ask(w.ctx, review.AskInput{OrderID: 77, Text: "请补全门牌号"}); !errors.Is(err, order.ErrNotFound) {
			t.Error(err)
		}
		timeline, _, err := w.Kit.Events.List(w.ctx, w.Kit.DB, "order", silent, "", 50)
		if err != nil || len(timeline) != 3 || timeline[1].Name != "review.message_written" || timeline[2].Name != "review.message_sent" {
			t.Errorf("%+v %v", timeline, err)
		}
	})
}

func TestAMessageThatTheChannelRefusesGoesBackToAPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w, s := desk(t, d, channel.BuyerMessages)
		o := w.bring("A1")
		w.mall.orders["A1"].Status = channel.Closed
		if err := s.Ask(w.ctx, review.AskInput{OrderID: o, Text: "请补全门牌号"}); err != nil {
			t.Fatal(err)
		}
		w.settle(1)
		w.want(send.Refused, 1)
		m := w.message(s, o)
		if m.Way != review.Refused || m.SentAt != 0 {
			t.Errorf("%+v", m)
		}
		if err := s.MarkSent(w.ctx, m.ID); err != nil {
			t.Fatal(err)
		}
		if got := w.message(s, o); got.SentAt == 0 {
			t.Errorf("%+v", got)
		}
	})
}
