package jd

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// ListAftersales implements channel.AftersaleLister.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	p := window(q)
	p["updateStartTime"], p["updateEndTime"] = ms(q.From), ms(q.To)
	var list []json.RawMessage
	e, a, err := c.call(ctx, request{method: http.MethodGet, path: "/sp-aftercare/v0/afs-orders", query: p}, &list)
	if err != nil {
		return channel.Page{}, err
	}
	return e.page(a, q, list, caseItem), nil
}

func caseItem(raw []byte) channel.Item {
	var at struct {
		Base struct {
			Modified wire.Int `json:"modifiedTime"`
		} `json:"afsOrderBaseInfo"`
	}
	_ = json.Unmarshal(raw, &at) // what cannot be read is told by MapAftersale
	return channel.Item{No: wire.Field(raw, "afsOrderId").String(), ModifiedAt: at.Base.Modified.N, Raw: raw}
}

// caseFields are the parts of a case that are asked for.
const caseFields = "afsOrderStatusInfo,afsOrderBaseInfo,skuInfoList,customerApplyInfo,refundInfo,questionInfo,waybillInfoList,afsOrderOvertimeInfo"

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, _ string) (channel.Item, error) {
	var one json.RawMessage
	q := request{method: http.MethodGet, path: "/sp-aftercare/v0/afs-orders/{afsOrderId}", in: names{"afsOrderId": no}, query: names{"scopeSet": caseFields}}
	if _, _, err := c.call(ctx, q, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	if len(one) == 0 {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return caseItem(one), nil
}

// caseKinds and caseStates go by the platform's texts: its numbers are not known.
var caseKinds = []struct{ word, kind string }{{"换", "exchange"}, {"维修", "repair"}, {"补发", "reship"}, {"补寄", "reship"}, {"退货", "return"}, {"退款", "refund"}, {"取消", "refund"}}

var caseStates = []struct {
	word  string
	state channel.AftersaleState
}{
	{"不通过", channel.AftersaleRefused}, {"拒绝", channel.AftersaleRefused}, {"取消", channel.AftersaleClosed}, {"关闭", channel.AftersaleClosed},
	{"待审核", channel.AftersaleRequested}, {"待用户发货", channel.AftersaleReturning}, {"待客户发货", channel.AftersaleReturning}, {"待寄回", channel.AftersaleReturning},
	{"待收货", channel.AftersaleReceiving}, {"待处理", channel.AftersaleReceiving}, {"待退款", channel.AftersaleRefunding}, {"退款中", channel.AftersaleRefunding},
	{"完成", channel.AftersaleRefunded}, {"退款成功", channel.AftersaleRefunded},
}

func stateOf(text string) channel.AftersaleState {
	for _, s := range caseStates {
		if has(text, s.word) {
			return s.state
		}
	}
	return channel.AftersaleUnknown
}

// MapAftersale implements channel.AftersaleLister.
func (c *client) MapAftersale(raw []byte) (channel.Case, error) {
	var s apiCase
	if err := wire.Decode(raw, &s); err != nil {
		return channel.Case{}, err
	}
	if s.ID == "" || s.OrderID == "" {
		return channel.Case{}, wire.Bad(channel.MissingOrderNo, "afsOrderId", s.ID)
	}
	st := s.Status
	out := channel.Case{No: s.ID.String(), OrderNo: s.OrderID.String(), Kind: "other", State: stateOf(st.Text.String()), StateRaw: st.Text.String(),
		RefundFen: int64(s.Refund.Asked.Fen), Quantity: s.Base.Count.N, Reason: s.Apply.Reason.String(), Note: s.Question.Text.String(),
		CreatedAt: max(0, s.Base.Applied.N), ModifiedAt: max(0, s.Base.Modified.N), DecideByAt: max(0, s.Overtime.At.N)}
	if st.Text == "" {
		out.StateRaw = st.Main.String()
	}
	for _, k := range caseKinds {
		if has(s.Apply.Expect.String(), k.word) {
			out.Kind = k.kind
			break
		}
	}
	if s.Refund.Actual.Set && s.Refund.Actual.Fen > 0 {
		out.RefundFen = int64(s.Refund.Actual.Fen)
	}
	if len(s.Goods) > 0 {
		out.LineNo = s.Goods[0].UUID.String()
	}
	for _, g := range s.Goods {
		if !s.Base.Count.Set { // lists do not count
			out.Quantity += g.Count.N
		}
	}
	if len(s.Waybills) > 0 {
		out.ReturnCarrier, out.ReturnWaybill = s.Waybills[0].Carrier.String(), s.Waybills[0].No.String()
	}
	if out.State == channel.AftersaleRefunded && out.Kind == "exchange" {
		out.State = channel.AftersaleExchanged
	}
	return out, nil
}
