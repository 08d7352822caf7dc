package openmall

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
)

// atOnce bounds the levels and cipher texts of one request.
const atOnce = 50

// effect sends one change. key is the caller's where it has one; without one the
// change is such that doing it twice is doing it once, and a fresh key is used: an
// old one would give the old answer and change nothing.
func (c *client) effect(ctx context.Context, method, path, key string, body map[string]any, into any) error {
	if key == "" {
		key = strconv.FormatInt(c.Clock.Now().UnixNano(), 36) + strconv.FormatInt(c.now(), 36)
	}
	if len(key) > 64 {
		key = digest([]byte(key))
	}
	body["key"] = key
	sent, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if into == nil {
		into = &struct{}{}
	}
	_, err = c.call(ctx, true, method, path, sent, into)
	return err
}

// Ship implements channel.Shipper.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	lines, serials := []shipmentLine{}, []unitCodes{}
	for _, l := range s.Lines {
		lines = append(lines, shipmentLine{l.LineNo, l.Quantity})
	}
	for no, codes := range s.Serials {
		serials = append(serials, unitCodes{no, codes})
	}
	// The same request has the same bytes, else its key would be refused.
	slices.SortFunc(serials, func(a, b unitCodes) int { return strings.Compare(a.No, b.No) })
	return c.effect(ctx, http.MethodPost, orderPath(s.OrderNo)+"/shipments", s.Key,
		map[string]any{"carrier": carrier(s), "waybill": s.Waybill, "lines": lines, "last": s.Last, "serials": serials}, nil)
}

// ShipWithoutNumber implements channel.NumberlessShipper.
func (c *client) ShipWithoutNumber(ctx context.Context, s channel.ShipRequest) error {
	return c.effect(ctx, http.MethodPost, orderPath(s.OrderNo)+"/shipments", s.Key,
		map[string]any{"way": string(s.How), "lines": []shipmentLine{}, "last": true}, nil)
}

// AppendParcel implements channel.ParcelAppender: the same request, on an order
// with nothing left.
func (c *client) AppendParcel(ctx context.Context, s channel.ShipRequest) error {
	s.Lines = nil
	return c.Ship(ctx, s)
}

// carrier is our code, or the carrier in words.
func carrier(s channel.ShipRequest) string { return channel.FirstOf(s.Carrier, s.CarrierName) }

// ChangeWaybill implements channel.WaybillChanger.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, oldWaybill string) error {
	return c.effect(ctx, http.MethodPut, orderPath(s.OrderNo)+"/shipments/"+url.PathEscape(oldWaybill), s.Key,
		map[string]any{"carrier": carrier(s), "waybill": s.Waybill}, nil)
}

// WriteMemo implements channel.MemoWriter.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	return c.effect(ctx, http.MethodPut, orderPath(m.OrderNo)+"/memo", "", map[string]any{"text": m.Text, "flag": m.Flag}, nil)
}

// CloseOrder implements channel.Closer.
func (c *client) CloseOrder(ctx context.Context, orderNo, reason string) error {
	return c.effect(ctx, http.MethodPost, orderPath(orderNo)+"/close", "", map[string]any{"reason": reason}, nil)
}

// AnswerAddressChange implements channel.AddressAnswerer.
func (c *client) AnswerAddressChange(ctx context.Context, a channel.AddressAnswer) error {
	return c.effect(ctx, http.MethodPost, orderPath(a.OrderNo)+"/address-answer", "", map[string]any{"accept": a.Accept, "reason": a.Reason}, nil)
}

// ChangeAddress implements channel.AddressChanger.
func (c *client) ChangeAddress(ctx context.Context, orderNo string, r channel.Receiver) error {
	phone, extension, _ := strings.Cut(r.Phone, "-")
	if !mobile(phone) { // 0571-88888888 is one number
		phone, extension = r.Phone, ""
	}
	return c.effect(ctx, http.MethodPut, orderPath(orderNo)+"/receiver", "", map[string]any{"receiver": map[string]string{"name": r.Name, "phone": phone,
		"extension": extension, "province": r.Province, "city": r.City, "district": r.District, "town": r.Town, "detail": r.Detail, "zip": r.Zip}}, nil)
}

func mobile(phone string) bool { return len(phone) == 11 && phone[0] == '1' }

// ChangePrice implements channel.PriceChanger.
func (c *client) ChangePrice(ctx context.Context, p channel.PriceChange) error {
	lines := []linePaid{}
	for _, l := range p.Lines {
		lines = append(lines, linePaid{l.LineNo, l.Now})
	}
	return c.effect(ctx, http.MethodPut, orderPath(p.OrderNo)+"/price", "", map[string]any{"lines": lines, "freight": p.Freight}, nil)
}

// PushStock implements channel.StockPusher.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, 0, len(levels))
	for part := range slices.Chunk(levels, atOnce) {
		rows, keys := []stockLevel{}, []string{}
		for _, l := range part {
			rows, keys = append(rows, stockLevel{l.ItemNo, l.SKUNo, l.Code, l.Quantity}), append(keys, l.Key)
		}
		var answer struct {
			Results []result `json:"results"`
		}
		if err := c.effect(ctx, http.MethodPut, "/v1/stock", digest([]byte(strings.Join(keys, "\n"))), map[string]any{"levels": rows}, &answer); err != nil {
			return nil, err
		}
		if len(answer.Results) != len(part) {
			return nil, channel.ErrUnknownOutcome
		}
		for i, r := range answer.Results {
			var err error
			if !r.OK {
				err = r.err(true, "/"+url.PathEscape(channel.FirstOf(part[i].SKUNo, part[i].Code)))
			}
			out = append(out, err)
		}
	}
	return out, nil
}

// DecideAftersale implements channel.AftersaleDecider.
func (c *client) DecideAftersale(ctx context.Context, d channel.Decision) error {
	return c.effect(ctx, http.MethodPost, "/v1/aftersales/"+url.PathEscape(d.Case.No)+"/decision", d.Key,
		map[string]any{"version": d.Case.Version, "approve": d.Approve, "amount": d.AmountFen, "reason": d.Reason, "return_address_no": d.ReturnAddressNo}, nil)
}

// ReplyReview implements channel.Reviewer.
func (c *client) ReplyReview(ctx context.Context, r channel.Review, text string) error {
	return c.effect(ctx, http.MethodPost, "/v1/reviews/"+url.PathEscape(r.No)+"/reply", "", map[string]any{"text": text}, nil)
}

// Decrypt implements channel.Decrypter. It uses up a quota and changes nothing, so
// that a lost answer is simply asked for again.
func (c *client) Decrypt(ctx context.Context, ciphers []channel.Cipher, purpose string) ([]string, error) {
	out := make([]string, 0, len(ciphers))
	for part := range slices.Chunk(ciphers, atOnce) {
		var items []cipherItem
		for _, one := range part {
			field := one.Field
			if field == "address" {
				field = "detail"
			}
			items = append(items, cipherItem{one.OrderNo, field, one.Text})
		}
		sent, err := json.Marshal(map[string]any{"items": items, "purpose": purpose})
		if err != nil {
			return nil, err
		}
		var answer struct {
			Results []result `json:"results"`
		}
		if _, err := c.call(ctx, false, http.MethodPost, "/v1/receivers/decrypt", sent, &answer); err != nil {
			return nil, err
		}
		if len(answer.Results) != len(part) {
			return nil, channel.Told(channel.ErrAnswer, "decrypt", "another number of results than texts")
		}
		for _, r := range answer.Results {
			if !r.OK {
				r.Plain = ""
			}
			out = append(out, r.Plain.String())
		}
	}
	return out, nil
}
