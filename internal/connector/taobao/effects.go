package taobao

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// done is what an effect answers where it answers anything but the changed thing.
type done struct {
	Shipping struct {
		IsSuccess wire.Text `json:"is_success"`
	} `json:"shipping"`
	Success wire.Text `json:"succ"`
	Code    wire.Text `json:"msg_code"`
	Message wire.Text `json:"message"`
}

// change sends an effect and looks whether the platform did it.
func (c *client) change(ctx context.Context, method, no string, p map[string]string) error {
	var d done
	if _, err := c.call(ctx, effect, method, p, &d); err != nil {
		return wire.NotFound(err, no)
	}
	if d.Success == "false" || d.Shipping.IsSuccess == "false" {
		return channel.Told(channel.ErrRefused, d.Code.String(), d.Message.String())
	}
	return nil
}

// company is the platform's code of our carrier.
func (c *client) company(ctx context.Context, carrier string) (string, error) {
	one, err := c.companies.Find(ctx, clock.Millis(c.Clock), carrier, func(ctx context.Context) ([]wire.Company, error) {
		var answer struct {
			Companies rows `json:"logistics_companies"`
		}
		if _, err := c.call(ctx, question, "taobao.logistics.companies.get", map[string]string{"fields": "id,code,name"}, &answer); err != nil {
			return nil, err
		}
		var out []wire.Company
		for _, raw := range answer.Companies.Items {
			out = append(out, wire.Company{ID: wire.Field(raw, "id").String(), Code: wire.Field(raw, "code").String(), Name: wire.Field(raw, "name").String()})
		}
		return out, nil
	})
	return one.Code, err
}

// Ship implements channel.Shipper. A parcel of some lines takes them whole: the
// platform's lines are not divided.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	code, err := c.company(ctx, s.Carrier)
	if err != nil {
		return err
	}
	p := map[string]string{"tid": s.OrderNo, "out_sid": s.Waybill, "company_code": code}
	if len(s.Lines) > 0 {
		p["is_split"], p["sub_tid"] = "1", lineNos(s.Lines)
	}
	return c.change(ctx, "taobao.logistics.offline.send", s.OrderNo, p)
}

// ShipWithoutNumber implements channel.NumberlessShipper. The platform takes the whole order.
func (c *client) ShipWithoutNumber(ctx context.Context, s channel.ShipRequest) error {
	return c.change(ctx, "taobao.logistics.dummy.send", s.OrderNo, map[string]string{"tid": s.OrderNo})
}

func lineNos(lines []channel.ParcelLine) string {
	var nos []string
	for _, l := range lines {
		if !slices.Contains(nos, l.LineNo) {
			nos = append(nos, l.LineNo)
		}
	}
	return strings.Join(nos, ",")
}

// ChangeWaybill implements channel.WaybillChanger.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, _ string) error {
	code, err := c.company(ctx, s.Carrier)
	if err != nil {
		return err
	}
	p := map[string]string{"tid": s.OrderNo, "out_sid": s.Waybill, "company_code": code}
	if len(s.Lines) > 0 {
		p["is_split"], p["sub_tid"] = "1", lineNos(s.Lines)
	}
	return c.change(ctx, "taobao.logistics.consign.resend", s.OrderNo, p)
}

// CloseOrder implements channel.Closer.
func (c *client) CloseOrder(ctx context.Context, orderNo, reason string) error {
	return c.change(ctx, "taobao.trade.close", orderNo, map[string]string{"tid": orderNo, "close_reason": reason})
}

// WriteMemo implements channel.MemoWriter. The platform counts flags as we do.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	p := map[string]string{"tid": m.OrderNo, "memo": m.Text, "flag": strconv.Itoa(m.Flag)}
	if m.Text == "" {
		p["reset"] = "true" // an empty text is not sent, so it would stay
	}
	return c.change(ctx, "taobao.trade.memo.update", m.OrderNo, p)
}

// ChangeAddress implements channel.AddressChanger.
func (c *client) ChangeAddress(ctx context.Context, orderNo string, r channel.Receiver) error {
	return c.change(ctx, "taobao.trade.shippingaddress.update", orderNo, map[string]string{"tid": orderNo, "receiver_name": r.Name, "receiver_mobile": r.Phone,
		"receiver_state": r.Province, "receiver_city": r.City, "receiver_district": r.District, "receiver_town": r.Town, "receiver_address": r.Detail, "receiver_zip": r.Zip})
}

// skusAtOnce is how many SKUs of one item a call may set.
const skusAtOnce = 20

// PushStock implements channel.StockPusher: one call sets up to twenty SKUs of an item.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, len(levels))
	type batch struct {
		item string
		at   []int
	}
	var batches []*batch
	for i, l := range levels {
		k := slices.IndexFunc(batches, func(b *batch) bool {
			return b.item == l.ItemNo && len(b.at) < skusAtOnce && l.SKUNo != "" && levels[b.at[0]].SKUNo != ""
		})
		if k < 0 {
			batches, k = append(batches, &batch{item: l.ItemNo}), len(batches)
		}
		batches[k].at = append(batches[k].at, i)
	}
	for _, b := range batches {
		method, p := "taobao.item.quantity.update", map[string]string{"num_iid": b.item, "type": "1"}
		first := levels[b.at[0]]
		if first.SKUNo == "" {
			p["quantity"] = strconv.FormatInt(first.Quantity, 10)
		} else {
			var parts []string
			for _, i := range b.at {
				parts = append(parts, levels[i].SKUNo+":"+strconv.FormatInt(levels[i].Quantity, 10))
			}
			method, p["skuid_quantities"] = "taobao.skus.quantity.update", strings.Join(parts, ";")
		}
		err := c.change(ctx, method, b.item, p)
		for _, i := range b.at {
			out[i] = err
		}
	}
	return out, nil
}

// scenes are what the platform lets a receiver be opened for.
var scenes = map[string]string{"aftersale": "2001", "care": "2002"}

const (
	sceneByHand   = "1006"
	decryptAtOnce = 20
)

// Decrypt implements channel.Decrypter. The platform's key to a receiver is the
// order's oaid, which changes with the address: it is asked for anew.
func (c *client) Decrypt(ctx context.Context, ciphers []channel.Cipher, purpose string) ([]string, error) {
	scene := channel.FirstOf(scenes[purpose], sceneByHand)
	var orders []string
	for _, one := range ciphers {
		if !slices.Contains(orders, one.OrderNo) {
			orders = append(orders, one.OrderNo)
		}
	}
	plain := map[string]map[string]string{}
	for part := range slices.Chunk(orders, decryptAtOnce) {
		if err := c.open(ctx, part, scene, plain); err != nil {
			return nil, err
		}
	}
	out := make([]string, len(ciphers))
	for i, one := range ciphers {
		out[i] = plain[one.OrderNo][one.Field]
	}
	return out, nil
}

func (c *client) open(ctx context.Context, orders []string, scene string, into map[string]map[string]string) error {
	type query struct {
		Tid   string `json:"tid"`
		Oaid  string `json:"oaid"`
		Scene string `json:"scene"`
	}
	var queries []query
	for _, no := range orders {
		i, err := c.Get(ctx, no)
		if err != nil {
			return err
		}
		if oaid := wire.Field(i.Raw, "oaid"); oaid != "" {
			queries = append(queries, query{no, oaid.String(), scene})
		}
	}
	if len(queries) == 0 {
		return nil
	}
	list, err := json.Marshal(queries)
	if err != nil {
		return err
	}
	var answer struct {
		Receivers rows `json:"receiver_list"`
	}
	if _, err := c.call(ctx, question, "taobao.top.oaid.decrypt", map[string]string{"query_list": string(list)}, &answer); err != nil {
		return err
	}
	for _, raw := range answer.Receivers.Items {
		if wire.Field(raw, "matched") == "false" {
			continue // the address changed meanwhile; the order will be pulled again
		}
		into[wire.Field(raw, "tid").String()] = map[string]string{"name": wire.Field(raw, "name").String(),
			"phone": wire.Field(raw, "mobile", "phone").String(), "address": wire.Field(raw, "address_detail").String()}
	}
	return nil
}
