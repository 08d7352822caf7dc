package kuaishou

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// change sends an effect whose answer says nothing more.
func (c *client) change(ctx context.Context, method, no string, p object) error {
	_, err := c.call(ctx, change, method, p, &struct{}{})
	return wire.NotFound(err, no)
}

// Ship implements channel.Shipper. A whole order without presents goes by the call
// that takes the same waybill twice; everything else says what is in the parcel.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	company, err := c.company(ctx, s)
	if err != nil {
		return err
	}
	var goods []object
	for _, l := range s.Lines {
		goods = append(goods, object{"oid": id(channel.FirstOf(l.LineNo, s.OrderNo)), "deliveryNum": l.Quantity})
	}
	if len(goods) == 0 {
		o, err := c.order(ctx, s.OrderNo)
		if err != nil {
			return err
		}
		if len(o.Subs) == 0 && o.Sent.Pieces.N == 0 || o.Base.Status != "30" && o.Base.Status != "40" {
			return c.change(ctx, "open.seller.order.goods.deliver", s.OrderNo, object{"orderId": id(s.OrderNo), "expressCode": company, "expressNo": s.Waybill})
		}
		if goods = o.left(); len(goods) == 0 {
			return channel.Told(channel.ErrDone, o.Base.Status.String(), "nothing is left to ship")
		}
	}
	return c.change(ctx, "open.order.goods.split.deliver", s.OrderNo, object{"mainOrderId": id(s.OrderNo),
		"deliveryItemInfoList": []object{{"expressCode": company, "expressNo": s.Waybill, "deliveryGoodsInfoList": goods}}})
}

// left is what was not shipped yet of the order and of the presents with it.
func (o *apiOrder) left() []object {
	var out []object
	add := func(oid, status wire.Text, all, sent wire.Int) {
		if n := all.N - sent.N; n > 0 && (status == "30" || status == "40") {
			out = append(out, object{"oid": id(oid.String()), "deliveryNum": n})
		}
	}
	add(o.Base.OID, o.Base.Status, o.Item.Quantity, o.Sent.Pieces)
	for _, s := range o.Subs {
		add(s.Base.OID, s.Base.Status, s.Item.Quantity, s.Sent.Pieces)
	}
	return out
}

// AppendParcel implements channel.ParcelAppender.
func (c *client) AppendParcel(ctx context.Context, s channel.ShipRequest) error {
	company, err := c.company(ctx, s)
	if err != nil {
		return err
	}
	return c.change(ctx, "open.seller.order.goods.logistics.append", s.OrderNo, object{"oid": id(s.OrderNo), "expressCode": company, "expressNo": s.Waybill})
}

// ChangeWaybill implements channel.WaybillChanger. Parcels have numbers at the
// platform, which the order tells.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, oldWaybill string) error {
	company, err := c.company(ctx, s)
	if err != nil {
		return err
	}
	o, err := c.order(ctx, s.OrderNo)
	if err != nil {
		return err
	}
	all := o.parcels()
	i := slices.IndexFunc(all, func(p apiParcel) bool { return p.No.String() == oldWaybill })
	if i < 0 && len(all) == 1 {
		i = 0
	}
	if i < 0 {
		return channel.ErrNotFound.With("no", oldWaybill)
	}
	return c.change(ctx, "open.seller.order.logistics.update", s.OrderNo, object{"orderId": id(s.OrderNo), "expressCode": company, "expressNo": s.Waybill, "logisticsId": id(all[i].ID.String())})
}

// CloseOrder implements channel.Closer. The platform asks for no reason.
func (c *client) CloseOrder(ctx context.Context, orderNo, _ string) error {
	return c.change(ctx, "open.seller.order.close", orderNo, object{"orderId": id(orderNo)})
}

// grey is the flag of an order that has none: flags can be changed, not taken away.
const grey = 6

// WriteMemo implements channel.MemoWriter. The platform keeps the notes before, too.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	flag := m.Flag
	if flag == 0 {
		flag = grey
	}
	return c.change(ctx, "open.seller.order.note.add", m.OrderNo, object{"orderId": id(m.OrderNo), "note": m.Text, "flag": flag})
}

// AnswerAddressChange implements channel.AddressAnswerer. The platform asks for no reason.
func (c *client) AnswerAddressChange(ctx context.Context, a channel.AddressAnswer) error {
	method := "open.order.address.audit.reject"
	if a.Accept {
		method = "open.order.address.audit.approve"
	}
	_, err := c.call(ctx, getChange, method, object{"oid": id(a.OrderNo)}, &struct{}{})
	return wire.NotFound(err, a.OrderNo)
}

const (
	more = 1
	less = 2
)

// PushStock implements channel.StockPusher. The platform knows differences only, so
// that the stock is asked for first; after silence the next push looks again.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, len(levels))
	items := map[string]map[string]int64{}
	for i, l := range levels {
		if l.ItemNo == "" || l.SKUNo == "" {
			out[i] = channel.Told(channel.ErrRefused, "stock", "an item and an SKU of the platform are needed")
			continue
		}
		if items[l.ItemNo] == nil {
			items[l.ItemNo], out[i] = c.stockOf(ctx, l.ItemNo)
			if out[i] != nil {
				delete(items, l.ItemNo)
				continue
			}
		}
		now, ok := items[l.ItemNo][l.SKUNo]
		switch d := l.Quantity - now; {
		case !ok:
			out[i] = channel.ErrNotFound.With("no", l.SKUNo)
		case d > 0:
			out[i] = c.change(ctx, "open.item.sku.stock.update", l.SKUNo, object{"kwaiItemId": id(l.ItemNo), "skuId": id(l.SKUNo), "skuChangeStock": d, "changeType": more})
		case d < 0:
			out[i] = c.change(ctx, "open.item.sku.stock.update", l.SKUNo, object{"kwaiItemId": id(l.ItemNo), "skuId": id(l.SKUNo), "skuChangeStock": -d, "changeType": less})
		}
	}
	return out, nil
}

// stockOf is the stock of an item by SKU.
func (c *client) stockOf(ctx context.Context, item string) (map[string]int64, error) {
	var answer struct {
		Data struct {
			SKUs []struct {
				ID    wire.Text `json:"kwaiSkuId"`
				Stock wire.Int  `json:"skuStock"`
			} `json:"skuList"`
		} `json:"data"`
	}
	if _, err := c.call(ctx, get, "open.item.get", object{"kwaiItemId": id(item)}, &answer); err != nil {
		return nil, wire.NotFound(err, item)
	}
	out := map[string]int64{}
	for _, s := range answer.Data.SKUs {
		if s.Stock.Set {
			out[s.ID.String()] = s.Stock.N
		}
	}
	return out, nil
}

const casesAtOnce = 100

// ListAftersales implements channel.AftersaleLister. A window of cases is a day at
// most, so that a wider one is read day by day; the cursor says which.
func (c *client) ListAftersales(ctx context.Context, q channel.Query) (channel.Page, error) {
	from, cursor := q.From, ""
	if day, rest, ok := strings.Cut(q.Cursor, ";"); ok {
		n, err := strconv.ParseInt(day, 10, 64)
		if err != nil {
			return channel.Page{}, channel.Told(channel.ErrPaging, "cursor", "a cursor of another list")
		}
		from, cursor = n, rest
	}
	to := min(max(q.To, from+1), from+day)
	p := object{"beginTime": from, "endTime": to, "type": 9, "queryType": byModified, "sort": oldestFirst, "pageSize": size(q, casesAtOnce), "currentPage": 1,
		"pcursor": cursor, "option": object{"needExchange": true}}
	var l struct {
		Data struct {
			Cursor wire.Text         `json:"pcursor"`
			Cases  []json.RawMessage `json:"refundOrderInfoList"`
		} `json:"data"`
	}
	a, err := c.call(ctx, get, "open.seller.order.refund.pcursor.list", p, &l)
	if err != nil {
		return channel.Page{}, err
	}
	page := channel.Page{Total: -1, ServerAt: a.ServerAt}
	if page.More, page.Next = next(l.Data.Cursor); !page.More && to < q.To {
		page.More, from = true, to
	}
	if page.More {
		page.Next = strconv.FormatInt(from, 10) + ";" + page.Next
	}
	for _, raw := range l.Data.Cases {
		page.Items = append(page.Items, caseItem(raw))
	}
	return page, nil
}

func caseItem(raw []byte) channel.Item {
	return channel.Item{No: wire.Field(raw, "refundId").String(), ModifiedAt: wire.Field(raw, "updateTime").Number(), Raw: raw}
}

// GetAftersale implements channel.AftersaleLister.
func (c *client) GetAftersale(ctx context.Context, no, _ string) (channel.Item, error) {
	var one struct {
		Data json.RawMessage `json:"data"`
	}
	if _, err := c.call(ctx, get, "open.seller.order.refund.detail", object{"refundId": id(no)}, &one); err != nil {
		return channel.Item{}, wire.NotFound(err, no)
	}
	i := caseItem(one.Data)
	if i.No == "" {
		return channel.Item{}, channel.ErrNotFound.With("no", no)
	}
	return i, nil
}

func (s *apiCase) updated() string { return strconv.FormatInt(s.UpdateTime.N, 10) }

// DecideAftersale implements channel.AftersaleDecider: it agrees to what was asked for
// and refuses it. That returned goods came back is said in the back office.
func (c *client) DecideAftersale(ctx context.Context, d channel.Decision) error {
	if d.Case.State != channel.AftersaleRequested {
		return channel.ErrUnsupported
	}
	status, negotiate, _ := strings.Cut(d.Case.StateRaw, "/")
	switch {
	case !d.Approve:
		return c.reject(ctx, d)
	case d.Case.Kind == "refund" || d.Case.Kind == "price_protection":
		p := object{"refundId": id(d.Case.No), "refundAmount": d.Case.RefundFen, "refundHandingWay": 10}
		if status != "" {
			p["status"] = id(status)
		}
		if negotiate != "" {
			p["negotiateStatus"] = id(negotiate)
		}
		return c.change(ctx, "open.seller.order.refund.approve", d.Case.No, p)
	case d.Case.Kind == "return" || d.Case.Kind == "exchange":
		p := object{"refundId": id(d.Case.No), "refundAmount": d.Case.RefundFen}
		if d.Case.Kind == "exchange" {
			p["refundAmount"] = 0
		}
		if d.ReturnAddressNo != "" {
			p["addressId"] = id(d.ReturnAddressNo)
		}
		return c.change(ctx, "open.seller.order.refund.returngoods.approve", d.Case.No, p)
	}
	return channel.ErrUnsupported
}

// reject refuses a case for the reason of the platform's list that says what the
// person wrote, or else for the first that asks for no picture.
func (c *client) reject(ctx context.Context, d channel.Decision) error {
	var answer struct {
		Data []struct {
			Code    wire.Text `json:"reasonCode"`
			Text    string    `json:"reasonDesc"`
			Picture bool      `json:"requiredRejectImage"`
		} `json:"data"`
	}
	if _, err := c.call(ctx, get, "open.refund.reject.reason", object{"refundId": id(d.Case.No)}, &answer); err != nil {
		return wire.NotFound(err, d.Case.No)
	}
	code := ""
	for _, r := range answer.Data {
		if r.Picture {
			continue
		}
		if said := d.Reason != "" && strings.Contains(r.Text, d.Reason); said || code == "" {
			code = r.Code.String()
			if said {
				break
			}
		}
	}
	if code == "" {
		return channel.Told(channel.ErrRefused, "reject", "the platform wants a picture with every reason")
	}
	p := object{"refundId": id(d.Case.No), "reasonCode": id(code), "rejectDesc": d.Reason}
	if d.Case.Version != "" {
		p["refundVersion"] = id(d.Case.Version)
	}
	return c.change(ctx, "open.refund.reject", d.Case.No, p)
}

const reviewsAtOnce = 20

// ListReviews implements channel.Reviewer. The platform says that a review was
// answered, not with what.
func (c *client) ListReviews(ctx context.Context, q channel.Query) ([]channel.Review, channel.Page, error) {
	n := size(q, reviewsAtOnce)
	offset := (max(q.Page, 1) - 1) * n
	if q.Cursor != "" {
		at, err := strconv.Atoi(q.Cursor)
		if err != nil {
			return nil, channel.Page{}, channel.Told(channel.ErrPaging, "cursor", "a cursor of another list")
		}
		offset = at
	}
	var l struct {
		Data struct {
			Total wire.Int     `json:"total"`
			All   []apiComment `json:"rootComment"`
		} `json:"data"`
	}
	a, err := c.call(ctx, get, "open.comment.list.get", object{"createTimeFrom": q.From, "createTimeTo": q.To, "offset": offset, "limit": n}, &l)
	if err != nil {
		return nil, channel.Page{}, err
	}
	page := channel.Page{Total: int(l.Data.Total.N), ServerAt: a.ServerAt, More: int64(offset+n) < l.Data.Total.N}
	if page.More {
		page.Next = strconv.Itoa(offset + n)
	}
	var out []channel.Review
	for _, r := range l.Data.All {
		if r.Seller == "true" || r.ID == "" {
			continue
		}
		score := r.Quality.N
		if score == 0 {
			score = r.Credit.N
		}
		out = append(out, channel.Review{No: r.ID.String(), OrderNo: r.OrderID.String(), ItemNo: nonZero(r.ItemID), Score: int(score), Text: r.Content.String(), CreatedAt: r.Created.N})
	}
	return out, page, nil
}

// ReplyReview implements channel.Reviewer.
func (c *client) ReplyReview(ctx context.Context, r channel.Review, text string) error {
	p := object{"replyToCommentId": id(r.No), "content": text}
	if r.OrderNo != "" {
		p["outInfo"] = object{"outOrderNo": r.OrderNo}
	}
	return c.change(ctx, "open.comment.add", r.No, p)
}

const decryptAtOnce = 100

// Decrypt implements channel.Decrypter. The platform asks for no purpose.
func (c *client) Decrypt(ctx context.Context, ciphers []channel.Cipher, _ string) ([]string, error) {
	plain := map[string]string{}
	for part := range slices.Chunk(ciphers, decryptAtOnce) {
		var list []object
		for _, one := range part {
			list = append(list, object{"encryptedData": one.Text, "bizId": one.OrderNo})
		}
		var answer struct {
			All []struct {
				Cipher wire.Text `json:"encryptedData"`
				Plain  wire.Text `json:"decryptedData"`
				Code   wire.Text `json:"errorCode"`
			} `json:"batchDecryptResultList"`
		}
		if _, err := c.call(ctx, post, "open.order.decrypt.batch", object{"batchDecryptList": list}, &answer); err != nil {
			return nil, err
		}
		for _, one := range answer.All {
			if one.Code == "1" {
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
		All []struct {
			Index wire.Text `json:"searchIndex"`
			Code  wire.Text `json:"errorCode"`
		} `json:"indexResultList"`
	}
	if _, err := c.call(ctx, post, "open.order.search.index.batch", object{"indexParamList": []object{{"plainText": plain, "type": kinds[field]}}}, &answer); err != nil {
		return "", err
	}
	if len(answer.All) != 1 || answer.All[0].Index == "" || answer.All[0].Code != "1" {
		return "", channel.Told(channel.ErrAnswer, "index", "no index in the answer")
	}
	return answer.All[0].Index.String(), nil
}

// marks are between what the platform writes of a field: $index$text$version$$.
var marks = map[string]byte{"phone": '$', "name": '#', "address": '~'}

func indexOf(field, cipher string) (string, bool) {
	index, _, ok := wire.Searchable(cipher, marks[field])
	return index, ok
}

// IndexOf implements channel.SearchIndexer.
func (*client) IndexOf(field, cipher string) (string, bool) { return indexOf(field, cipher) }
