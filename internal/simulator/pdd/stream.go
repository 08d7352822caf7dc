package pdd

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"github.com/ordercove/ordercove/internal/kit/run"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// Digest signs a connection for messages: base64 of the hex text.
func Digest(clientID, millis, secret string) string {
	sum := md5.Sum([]byte(clientID + millis + secret))
	return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(sum[:])))
}

// messageBase puts message ids beyond 2^53.
const messageBase = 9_007_199_254_740_993

var topics = map[world.Topic]string{
	world.TopicPaid: "pdd_trade_TradeConfirmed", world.TopicHold: "pdd_trade_TradeRiskChanged", world.TopicShipped: "pdd_trade_TradeSellerShip",
	world.TopicParcels: "pdd_trade_TradeSellerShip", world.TopicCompleted: "pdd_trade_TradeSuccess", world.TopicDelivered: "pdd_trade_TradeSuccess",
	world.TopicAddress: "pdd_trade_TradeLogisticsAddressChanged", world.TopicMemo: "pdd_trade_TradeMemoModified",
	world.TopicRefundCreated: "pdd_refund_RefundCreated", world.TopicRefundAgreed: "pdd_refund_RefundAgreeAgreement", world.TopicRefundDone: "pdd_refund_RefundAgreeAgreement",
	world.TopicRefundClosed: "pdd_refund_RefundClosed", world.TopicRefundReturn: "pdd_refund_RefundBuyerReturnGoods", world.TopicRefundRefused: "pdd_refund_RefundClosed",
}

// stream holds one connection: messages out, heartbeats and acknowledgements in.
func stream(w *world.World, rw http.ResponseWriter, r *http.Request) {
	s := w.ByApp(code, r.PathValue("client"))
	at, err := strconv.ParseInt(r.PathValue("at"), 10, 64)
	if s == nil || err != nil || Digest(s.AppKey, r.PathValue("at"), s.Secret) != r.PathValue("digest") {
		http.Error(rw, "digest is wrong", http.StatusForbidden)
		return
	}
	if now := s.Now(); at < now-10*minute || at > now+10*minute {
		http.Error(rw, "time is wrong", http.StatusForbidden)
		return
	}
	conn, err := websocket.Accept(rw, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	g := run.NewGroup(r.Context(), slog.New(slog.DiscardHandler))
	c := &connection{s: s, conn: conn}
	g.Start("read", func(ctx context.Context) error { defer g.Stop(); return c.read(ctx) })
	g.Start("write", func(ctx context.Context) error { defer g.Stop(); return c.write(ctx) })
	_ = g.Wait(time.Second)
}

type connection struct {
	s    *world.Shop
	conn *websocket.Conn
}

type frame struct {
	Command string `json:"commandType"`
	ID      uint64 `json:"id"`
}

func (c *connection) send(ctx context.Context, v any) error {
	raw, err := world.Encode(v)
	if err != nil {
		return err
	}
	ctx, done := context.WithTimeout(ctx, 10*time.Second)
	defer done()
	return c.conn.Write(ctx, websocket.MessageText, raw)
}

func (c *connection) read(ctx context.Context) error {
	for {
		_, raw, err := c.conn.Read(ctx)
		if err != nil {
			return nil
		}
		var f frame
		if json.Unmarshal(raw, &f) != nil {
			continue
		}
		switch f.Command {
		case "HeartBeat":
			if err := c.send(ctx, map[string]any{"commandType": "HeartBeat", "time": c.s.Now()}); err != nil {
				return nil
			}
		case "Ack":
			if f.ID > messageBase {
				c.s.Do(func(t *world.Tx) { t.Confirm(f.ID - messageBase) })
			}
		}
	}
}

// write sends what is due, and ends the connection in an outage.
func (c *connection) write(ctx context.Context) error {
	for {
		var frames []any
		down := false
		c.s.Do(func(t *world.Tx) {
			if down = t.Down(); down {
				return
			}
			for _, e := range t.Take(100, 10*minute) {
				if f, ok := message(t, e); ok {
					frames = append(frames, f)
				} else {
					t.Confirm(e.Serial)
				}
			}
		})
		if down {
			return nil
		}
		for _, f := range frames {
			if err := c.send(ctx, f); err != nil {
				return nil
			}
		}
		c.s.World().Wait(ctx, 100*time.Millisecond)
		if ctx.Err() != nil {
			return nil
		}
	}
}

func message(t *world.Tx, e world.Event) (any, bool) {
	topic, ok := topics[e.Topic]
	if !ok || !visible(e.Order) {
		return nil, false
	}
	if e.Topic == world.TopicHold && e.Order.ConfirmedAt == e.At {
		topic = topics[world.TopicPaid] // the group is complete: now it came about
	}
	mall := json.Number(t.ID)
	content := map[string]any{"mall_id": mall, "tid": e.Order.No}
	if x := e.Case; x != nil {
		content["refund_id"], content["refund_fee"], content["bill_type"] = json.Number(x.No), x.Refund, listKinds[x.Kind]-1
		content["operation"], content["modified"] = 1, x.ModifiedAt
	}
	text, err := world.Encode(content)
	if err != nil {
		return nil, false
	}
	return map[string]any{"id": messageBase + e.Serial, "commandType": "Common", "time": e.At, "sendTime": e.SentAt,
		"message": map[string]any{"type": topic, "mallID": mall, "content": string(text)}}, true
}
