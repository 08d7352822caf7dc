package taobao

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

const refundFields = "refund_id,tid,oid,status,dispute_type,has_good_return,refund_phase,refund_version,refund_fee,num,reason,desc,sid,company_name,created," +
	"modified,refund_remind_timeout"

// ListAftersales implements channel.AftersaleLister.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	p := window(q, "modified")
	p["fields"] = refundFields
	var l struct {
		Total   wire.Int `json:"total_results"`
		Refunds rows     `json:"refunds"`
	}
	a, err := c.call(ctx, question, "taobao.refunds.receive.get", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	page := channel.Page{Total: int(l.Total.N), ServerAt: a.ServerAt, More: more(q, l.Total.N)}
	for _, raw := range l.Refunds.Items {
		page.Items = append(page.Items, refundItem(raw))
	}
	return page, nil
}

func refundItem(raw []byte) channel.Item {
	i := channel.Item{No: wire.Field(raw, "refund_id").String(), Raw: raw}
	if at, err := wire.ChinaTime(wire.Field(raw, "modified").String()); err == nil {
		i.ModifiedAt = at
	}
	return i
}

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, _ string) (channel.Item, error) {
	var one struct {
		Refund json.RawMessage `json:"refund"`
	}
	if _, err := c.call(ctx, question, "taobao.refund.get", map[string]string{"refund_id": no, "fields": refundFields}, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	if len(one.Refund) == 0 {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return refundItem(one.Refund), nil
}

var caseKinds = map[wire.Text]string{"REFUND": "refund", "REFUND_AND_RETURN": "return", "TMALL_EXCHANGE": "exchange", "TAOBAO_EXCHANGE": "exchange",
	"REPAIR": "repair", "RESHIPPING": "reship", "OTHERS": "other"}

var caseStates = map[wire.Text]channel.AftersaleState{"WAIT_SELLER_AGREE": channel.AftersaleRequested, "WAIT_BUYER_RETURN_GOODS": channel.AftersaleReturning,
	"WAIT_SELLER_CONFIRM_GOODS": channel.AftersaleReceiving, "SELLER_REFUSE_BUYER": channel.AftersaleRefused, "CLOSED": channel.AftersaleClosed,
	"SUCCESS": channel.AftersaleRefunded}

// MapAftersale implements channel.AftersaleLister. A decision needs version and phase;
// both travel in Case.Version.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var r refund
	if err := wire.Decode(raw, &r); err != nil {
		return channel.Case{}, err
	}
	if r.RefundID == "" || r.Tid == "" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "refund_id", r.RefundID)
	}
	out := channel.Case{No: r.RefundID.String(), OrderNo: r.Tid.String(), LineNo: r.Oid.String(), Kind: caseKinds[r.DisputeType], State: caseStates[r.Status],
		StateRaw: r.Status.String(), Version: r.Version.String() + "|" + r.Phase.String(), RefundFen: int64(r.RefundFee.Fen), Quantity: r.Num.N,
		Reason: r.Reason.String(), Note: r.Desc.String(), ReturnCarrier: r.Company.String(), ReturnWaybill: r.SID.String(),
		CreatedAt: int64(r.Created), ModifiedAt: int64(r.Modified)}
	switch {
	case out.Kind != "":
	case r.HasGoodReturn == "true":
		out.Kind = "return"
	case r.DisputeType == "":
		out.Kind = "refund"
	default:
		out.Kind = "other"
	}
	if out.State == "" {
		out.State = channel.AftersaleUnknown
	}
	if out.State == channel.AftersaleRefunded && out.Kind == "exchange" {
		out.State = channel.AftersaleExchanged
	}
	if r.Timeout != nil && r.Timeout.Exists == "true" {
		out.DecideByAt = int64(r.Timeout.Timeout)
	}
	return out, nil
}

// DecideAftersale implements channel.AftersaleDecider. Exchanges and repairs are
// answered in the back office.
func (c *client) DecideAftersale(ctx context.Context, d channel.Decision) error {
	version, phase, _ := strings.Cut(d.Case.Version, "|")
	one := map[string]string{"refund_id": d.Case.No, "refund_version": version, "refund_phase": phase}
	switch {
	case d.Case.Kind != "refund" && d.Case.Kind != "return":
		return channel.ErrUnsupported
	case !d.Approve:
		one["refuse_message"] = d.Reason
		return c.change(ctx, "taobao.refund.refuse", d.Case.No, one)
	case d.Case.Kind == "return" && d.Case.State == channel.AftersaleRequested:
		one["seller_address_id"] = d.ReturnAddressNo
		return c.change(ctx, "taobao.rp.returngoods.agree", d.Case.No, one)
	}
	infos := strings.Join([]string{d.Case.No, strconv.FormatInt(d.AmountFen, 10), version, phase}, "|")
	return c.change(ctx, "taobao.rp.refunds.agree", d.Case.No, map[string]string{"refund_infos": infos})
}

const rateFields = "tid,oid,num_iid,result,content,reply,created"

var scores = map[wire.Text]int{"good": 5, "neutral": 3, "bad": 1}

// ListReviews implements channel.Reviewer. Reviews have no number of their own and
// no stars: there is one for a line, and it is good, neutral or bad.
func (c *client) ListReviews(ctx context.Context, q channel.Query) ([]channel.Review, channel.Page, error) {
	p := window(q, "date")
	p["fields"], p["rate_type"], p["role"] = rateFields, "get", "buyer"
	var l struct {
		Total wire.Int `json:"total_results"`
		Rates rows     `json:"trade_rates"`
	}
	a, err := c.call(ctx, question, "taobao.traderates.get", p, &l)
	if err != nil {
		return nil, channel.Page{}, err
	}
	page := channel.Page{Total: int(l.Total.N), ServerAt: a.ServerAt, More: more(q, l.Total.N)}
	var out []channel.Review
	for _, raw := range l.Rates.Items {
		var r rate
		if err := wire.Decode(raw, &r); err != nil {
			return nil, channel.Page{}, err
		}
		no := r.Tid.String() + "-" + r.Oid.String()
		page.Items = append(page.Items, channel.Item{No: no, ModifiedAt: int64(r.Created), Raw: raw})
		out = append(out, channel.Review{No: no, OrderNo: r.Tid.String(), LineNo: r.Oid.String(), ItemNo: r.NumIid.String(), Score: scores[r.Result],
			Text: r.Content.String(), Reply: r.Reply.String(), CreatedAt: int64(r.Created)})
	}
	return out, page, nil
}

// ReplyReview implements channel.Reviewer.
func (c *client) ReplyReview(ctx context.Context, r channel.Review, text string) error {
	return c.change(ctx, "taobao.traderate.explain.add", r.LineNo, map[string]string{"oid": r.LineNo, "reply": text})
}

// PullHints implements channel.HintPuller. Messages are switched on for the shop
// first, which may be said again and again.
func (c *client) PullHints(ctx context.Context) ([]channel.Hint, error) {
	if !c.permitted.Load() {
		if _, err := c.call(ctx, question, "taobao.tmc.user.permit", nil, &struct{}{}); err != nil {
			return nil, err
		}
		c.permitted.Store(true)
	}
	var l struct {
		Messages rows `json:"messages"`
	}
	if _, err := c.call(ctx, ofApp, "taobao.tmc.messages.consume", map[string]string{"quantity": "200"}, &l); err != nil {
		return nil, err
	}
	var out []channel.Hint
	for _, raw := range l.Messages.Items {
		content := []byte(wire.Field(raw, "content"))
		h := channel.Hint{ID: wire.Field(raw, "id").String(), Topic: wire.Field(raw, "topic").String(), Account: wire.Field(raw, "user_nick").String(),
			OrderNo: wire.Field(content, "tid").String(), AftersaleNo: wire.Field(content, "refund_id").String(), At: clock.Millis(c.Clock)}
		if at, err := wire.ChinaTime(wire.Field(raw, "pub_time").String()); err == nil && at > 0 {
			h.At = at
		}
		if h.ID != "" {
			out = append(out, h)
		}
	}
	return out, nil
}

// confirmAtOnce is how many messages one call confirms.
const confirmAtOnce = 200

// ConfirmHints implements channel.HintPuller.
func (c *client) ConfirmHints(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		n := min(len(ids), confirmAtOnce)
		if _, err := c.call(ctx, ofApp, "taobao.tmc.messages.confirm", map[string]string{"s_message_ids": strings.Join(ids[:n], ",")}, &struct{}{}); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}
