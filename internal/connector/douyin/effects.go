package douyin

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// change sends an effect whose answer says nothing more.
func (c *client) change(ctx context.Context, path, no string, p object) error {
	_, err := c.call(ctx, true, path, p, &json.RawMessage{})
	return wire.NotFound(err, no)
}

// company is the platform's code of our carrier.
func (c *client) company(ctx context.Context, carrier string) (string, error) {
	one, err := c.companies.Find(ctx, clock.Millis(c.Clock), carrier, func(ctx context.Context) ([]wire.Company, error) {
		var raw json.RawMessage
		if _, err := c.call(ctx, false, "/order/logisticsCompanyList", nil, &raw); err != nil {
			return nil, err
		}
		type company struct {
			ID   wire.Text `json:"id"`
			Name wire.Text `json:"name"`
			Code wire.Text `json:"code"`
		}
		var list []company
		if json.Unmarshal(raw, &list) != nil {
			var wrapped struct{ Data []company }
			if err := json.Unmarshal(raw, &wrapped); err != nil {
				return nil, channel.Told(channel.ErrAnswer, "companies", "unreadable list of carriers").Because(err)
			}
			list = wrapped.Data
		}
		var out []wire.Company
		for _, one := range list {
			out = append(out, wire.Company{ID: one.ID.String(), Code: one.Code.String(), Name: one.Name.String()})
		}
		return out, nil
	})
	return one.Code, err
}

// Ship implements channel.Shipper. A parcel of some lines goes by the call that takes
// pieces and our key.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	code, err := c.company(ctx, s.Carrier)
	if err != nil {
		return err
	}
	var serials []string
	for _, line := range slices.Sorted(maps.Keys(s.Serials)) {
		serials = append(serials, s.Serials[line]...)
	}
	if len(s.Lines) == 0 {
		p := object{"order_id": s.OrderNo, "company_code": code, "logistics_code": s.Waybill, "is_refund_reject": false}
		if len(serials) > 0 {
			p["serial_number_list"] = serials
		}
		return c.change(ctx, "/order/logisticsAdd", s.OrderNo, p)
	}
	var lines []object
	for _, l := range s.Lines {
		lines = append(lines, object{"shipped_order_id": l.LineNo, "shipped_num": l.Quantity})
	}
	p := object{"order_id_list": []string{s.OrderNo}, "shipped_order_info": lines, "company_code": code, "logistics_code": s.Waybill, "request_id": s.Key, "is_refund_reject": false}
	if len(serials) > 0 {
		p["order_serial_number"] = []object{{"order_id": s.OrderNo, "serial_number_list": serials}}
	}
	return c.change(ctx, "/order/logisticsAddSinglePack", s.OrderNo, p)
}

// ChangeWaybill implements channel.WaybillChanger. One of several parcels is known by
// its number at the platform, which the order tells.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, oldWaybill string) error {
	code, err := c.company(ctx, s.Carrier)
	if err != nil {
		return err
	}
	i, err := c.Get(ctx, s.OrderNo)
	if err != nil {
		return err
	}
	var o apiOrder
	if err := wire.Decode(i.Raw, &o); err != nil {
		return err
	}
	p := object{"order_id": s.OrderNo, "company_code": code, "logistics_code": s.Waybill}
	k := slices.IndexFunc(o.Parcels, func(p apiParcel) bool { return p.TrackingNo.String() == oldWaybill })
	if len(o.Parcels) > 1 && k < 0 {
		return channel.ErrNotFound.With("no", oldWaybill)
	}
	if len(o.Parcels) > 1 && o.Parcels[k].PackID != "" {
		p["pack_id"] = o.Parcels[k].PackID.String()
		return c.change(ctx, "/order/logisticsEditByPack", s.OrderNo, p)
	}
	return c.change(ctx, "/order/logisticsEdit", s.OrderNo, p)
}

// WriteMemo implements channel.MemoWriter.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	return c.change(ctx, "/order/addOrderRemark", m.OrderNo, object{"order_id": m.OrderNo, "remark": m.Text, "is_add_star": "true", "star": strconv.Itoa(turnFlag(int64(m.Flag)))})
}

// refusals are the platform's reasons to keep the old address: how far the order has got.
var refusals = []struct {
	word string
	code int
}{{"拣货", 1001}, {"配货", 1002}, {"出库", 1004}, {"发货", 1005}}

const inWarehouse = 1003

// AnswerAddressChange implements channel.AddressAnswerer.
func (c *client) AnswerAddressChange(ctx context.Context, a channel.AddressAnswer) error {
	answer := 0
	if !a.Accept {
		answer = inWarehouse
		for _, r := range refusals {
			if strings.Contains(a.Reason, r.word) {
				answer = r.code
				break
			}
		}
	}
	return c.change(ctx, "/order/addressConfirm", a.OrderNo, object{"order_id": a.OrderNo, "is_approved": answer})
}

// ChangePrice implements channel.PriceChanger: the reductions of lines, then the
// freight.
func (c *client) ChangePrice(ctx context.Context, p channel.PriceChange) error {
	var lines []object
	for _, l := range p.Lines {
		if l.Was != l.Now {
			lines = append(lines, object{"order_id": l.LineNo, "discount_amount": l.Was - l.Now})
		}
	}
	if len(lines) > 0 {
		if err := c.change(ctx, "/order/updateOrderAmount", p.OrderNo, object{"pid": p.OrderNo, "update_detail": lines}); err != nil {
			return err
		}
	}
	return c.change(ctx, "/order/updatePostAmount", p.OrderNo, object{"order_id": p.OrderNo, "post_amount": p.Freight})
}

// PushStock implements channel.StockPusher: a call sets one SKU.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, len(levels))
	for i, l := range levels {
		p := object{"incremental": false, "stock_num": l.Quantity}
		if l.ItemNo != "" {
			p["product_id"] = json.Number(l.ItemNo)
		}
		if l.SKUNo != "" {
			p["sku_id"] = json.Number(l.SKUNo)
		} else {
			p["code"] = l.Code
		}
		out[i] = c.change(ctx, "/sku/syncStock", l.SKUNo, p)
	}
	return out, nil
}

// ListAftersales implements channel.AftersaleLister.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	p := object{"page": max(q.Page, 1) - 1, "size": size(q), "order_by": []string{"update_time asc"}, "update_start_time": q.From / second,
		"update_end_time": (q.To + second - 1) / second}
	var l struct {
		Total wire.Int          `json:"total"`
		Items []json.RawMessage `json:"items"`
	}
	a, err := c.call(ctx, false, "/afterSale/List", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	page := page(a, q, l.Total)
	for _, raw := range l.Items {
		var part struct {
			Info json.RawMessage `json:"aftersale_info"`
		}
		_ = json.Unmarshal(raw, &part) // a broken case has no number, and is kept apart
		page.Items = append(page.Items, channel.Item{No: wire.Field(part.Info, "aftersale_id").String(), ModifiedAt: wire.Field(part.Info, "update_time").Number() * second, Raw: raw})
	}
	return page, nil
}

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, _ string) (channel.Item, error) {
	var raw json.RawMessage
	if _, err := c.call(ctx, false, "/afterSale/Detail", object{"after_sale_id": no}, &raw); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	one, err := c.MapAftersale(raw)
	if err != nil {
		return channel.Item{}, channel.ErrNotFound.With("no", no).Because(err)
	}
	return channel.Item{No: one.No, ModifiedAt: one.ModifiedAt, Raw: raw}, nil
}

// Kinds of operations that agree to a return and to an exchange, and that send an
// exchange's goods. The others are not
// documented well enough to move money with.
const (
	agreeReturn   = 101
	agreeExchange = 301
	shipExchange  = 311
)

// DecideAftersale implements channel.AftersaleDecider: it agrees to returns and to
// exchanges. The rest is answered in the back office.
func (c *client) DecideAftersale(ctx context.Context, d channel.Decision) error {
	kinds := map[string]int{"return": agreeReturn, "exchange": agreeExchange}
	operation, ok := kinds[d.Case.Kind]
	if !ok || !d.Approve || d.Case.State != channel.AftersaleRequested {
		return channel.ErrUnsupported
	}
	item := object{"aftersale_id": d.Case.No, "remark": d.Reason}
	if d.ReturnAddressNo != "" {
		item["logistics"] = object{"receiver_address_id": json.Number(d.ReturnAddressNo)}
	}
	return c.operate(ctx, operation, d.Case, item)
}

// ShipExchange implements channel.ExchangeShipper: goods that came back are answered with
// the number of those that leave.
func (c *client) ShipExchange(ctx context.Context, s channel.ExchangeShipment) error {
	if s.Case.Kind != "exchange" {
		return channel.ErrUnsupported
	}
	company, err := c.company(ctx, channel.FirstOf(s.Carrier, s.CarrierName))
	if err != nil {
		return err
	}
	return c.operate(ctx, shipExchange, s.Case, object{"aftersale_id": s.Case.No, "logistics": object{"company_code": company, "logistics_code": s.Waybill}})
}

// operate does one thing to one case, as it was seen.
func (c *client) operate(ctx context.Context, operation int, seen channel.Case, item object) error {
	if seen.Version != "" {
		item["update_time"] = json.Number(seen.Version)
	}
	var answer struct {
		Items []struct {
			Code wire.Int `json:"status_code"`
			Msg  string   `json:"status_msg"`
		} `json:"items"`
	}
	if _, err := c.call(ctx, true, "/afterSale/operate", object{"type": operation, "items": []object{item}}, &answer); err != nil {
		return wire.NotFound(err, seen.No)
	}
	for _, one := range answer.Items {
		if one.Code.N != 0 {
			return wire.NotFound(business(strconv.FormatInt(one.Code.N, 10), one.Msg), seen.No)
		}
	}
	return nil
}

const decryptAtOnce = 50

// Decrypt implements channel.Decrypter. The platform asks for no purpose.
func (c *client) Decrypt(ctx context.Context, ciphers []channel.Cipher, _ string) ([]string, error) {
	plain := map[string]string{}
	for part := range slices.Chunk(ciphers, decryptAtOnce) {
		var list []object
		for _, one := range part {
			list = append(list, object{"auth_id": one.OrderNo, "cipher_text": one.Text})
		}
		var answer struct {
			Infos []struct {
				Cipher wire.Text `json:"cipher_text"`
				Plain  wire.Text `json:"decrypt_text"`
				Code   wire.Int  `json:"err_no"`
			} `json:"decrypt_infos"`
			Custom *struct {
				Code wire.Text `json:"err_code"`
				Msg  string    `json:"err_msg"`
			} `json:"custom_err"`
		}
		if _, err := c.call(ctx, false, "/order/batchDecrypt", object{"cipher_infos": list}, &answer); err != nil {
			return nil, err
		}
		if e := answer.Custom; e != nil && e.Code != "" && e.Code != "0" && len(answer.Infos) == 0 {
			return nil, channel.Told(channel.ErrRefused, e.Code.String(), e.Msg)
		}
		for _, one := range answer.Infos {
			if one.Code.N == 0 {
				plain[one.Cipher.String()] = one.Plain.String()
			}
		}
	}
	out := make([]string, len(ciphers))
	for i, one := range ciphers {
		out[i] = plain[one.Text]
	}
	return out, nil
}

// SearchIndex implements channel.SearchIndexer.
func (c *client) SearchIndex(ctx context.Context, field, plain string) (string, error) {
	kinds := map[string]int{"address": 1, "name": 2, "phone": 3}
	var answer struct {
		Index wire.Text `json:"encrypt_index_text"`
	}
	if _, err := c.call(ctx, false, "/order/getSearchIndex", object{"plain_text": plain, "sensitive_type": kinds[field]}, &answer); err != nil {
		return "", err
	}
	if answer.Index == "" {
		return "", channel.Told(channel.ErrAnswer, "index", "no index in the answer")
	}
	return answer.Index.String(), nil
}

// indexOf reads $index$text$version$$ of phones and #index#text#version## of the rest. In
// the writing with two marks at the beginning nothing says which part is the index.
func indexOf(field, cipher string) (string, bool) {
	mark := byte('#')
	if field == "phone" {
		mark = '$'
	}
	index, _, ok := wire.Searchable(cipher, mark)
	return index, ok
}

// IndexOf implements channel.SearchIndexer.
func (*client) IndexOf(field, cipher string) (string, bool) { return indexOf(field, cipher) }

// eventSign signs pushes.
func eventSign(key, secret string, body []byte) string {
	sum := md5.Sum([]byte(key + string(body) + secret))
	return hex.EncodeToString(sum[:])
}

// probe is the tag with which the platform tries an address.
const probe = "0"

// Receive implements channel.PushReceiver.
func (c *client) Receive(in channel.Inbound) ([]channel.Hint, channel.Reply, error) {
	key := c.Credentials[appKey]
	want := eventSign(key, c.Credentials[appSecret], in.Body)
	if in.Header.Get("app-id") != key || !hmac.Equal([]byte(strings.ToLower(in.Header.Get("event-sign"))), []byte(want)) {
		return nil, channel.Reply{}, channel.ErrSignature
	}
	var events []struct {
		Tag  wire.Text       `json:"tag"`
		ID   wire.Text       `json:"msg_id"`
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(in.Body, &events); err != nil {
		return nil, channel.Reply{}, channel.Told(channel.ErrAnswer, "push", "unreadable push").Because(err)
	}
	var hints []channel.Hint
	for _, e := range events {
		if e.Tag == probe || e.ID == "" {
			continue
		}
		data := []byte(e.Data)
		var text string
		if json.Unmarshal(data, &text) == nil {
			data = []byte(text)
		}
		at := wire.Field(data, "update_time").Number() * second
		if at == 0 {
			at = in.At
		}
		hints = append(hints, channel.Hint{ID: e.ID.String(), Topic: e.Tag.String(), OrderNo: orderNo(wire.Field(data, "p_id")),
			AftersaleNo: wire.Field(data, "aftersale_id").String(), Account: wire.Field(data, "shop_id").String(), At: at})
	}
	return hints, channel.Reply{Status: http.StatusOK, ContentType: "application/json", Body: []byte(`{"code":0,"msg":"success"}`)}, nil
}
