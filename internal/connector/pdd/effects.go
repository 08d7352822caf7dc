package pdd

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
)

// done is what effects answer, in the spellings of the several methods.
type done struct {
	IsSuccess wire.Text `json:"is_success"`
	Success   wire.Text `json:"success"`
	Code      wire.Text `json:"error_code"`
	Message   wire.Text `json:"error_msg"`
	AlsoCode  wire.Text `json:"errorCode"`
	AlsoMsg   wire.Text `json:"errorMsg"`
	Result    *struct {
		Succ    wire.Text `json:"succ"`
		Success wire.Text `json:"success"`
		Message wire.Text `json:"message"`
	} `json:"result"`
}

// change sends an effect and looks whether the platform did it.
func (c *client) change(ctx context.Context, method, no string, p map[string]string) error {
	var d done
	if _, err := c.call(ctx, true, method, p, &d); err != nil {
		return wire.NotFound(err, no)
	}
	failed := d.IsSuccess == "false" || d.Success == "false"
	message := channel.FirstOf(d.Message.String(), d.AlsoMsg.String())
	if d.Result != nil && (d.Result.Succ == "false" || d.Result.Success == "false") {
		failed, message = true, channel.FirstOf(d.Result.Message.String(), message)
	}
	if failed {
		return fault{Code: wire.Text(channel.FirstOf(d.Code.String(), d.AlsoCode.String())), Msg: message}.err(true)
	}
	return nil
}

// company is the platform's number of our carrier.
func (c *client) company(ctx context.Context, carrier string) (string, error) {
	one, err := c.carrier(ctx, carrier)
	return one.ID, err
}

// carrier is our carrier in the platform's list.
func (c *client) carrier(ctx context.Context, carrier string) (wire.Company, error) {
	return c.companies.Find(ctx, clock.Millis(c.Clock), carrier, func(ctx context.Context) ([]wire.Company, error) {
		var answer struct {
			Companies []struct {
				Available wire.Int  `json:"available"`
				ID        wire.Text `json:"id"`
				Code      wire.Text `json:"code"`
				Name      wire.Text `json:"logistics_company"`
			} `json:"logistics_companies"`
		}
		if _, err := c.call(ctx, false, "pdd.logistics.companies.get", nil, &answer); err != nil {
			return nil, err
		}
		var out []wire.Company
		for _, one := range answer.Companies {
			if !one.Available.Set || one.Available.N == 1 {
				out = append(out, wire.Company{ID: one.ID.String(), Code: one.Code.String(), Name: one.Name.String()})
			}
		}
		return out, nil
	})
}

// Ship implements channel.Shipper. The first parcel ships the whole order; more
// parcels are appended.
func (c *client) Ship(ctx context.Context, s channel.ShipRequest) error {
	if len(s.Lines) > 0 && !s.Last {
		return channel.ErrUnsupported
	}
	return c.send(ctx, s, "1")
}

// ChangeWaybill implements channel.WaybillChanger.
func (c *client) ChangeWaybill(ctx context.Context, s channel.ShipRequest, _, _ string) error {
	return c.send(ctx, s, "2")
}

func (c *client) send(ctx context.Context, s channel.ShipRequest, mode string) error {
	company, err := c.company(ctx, s.Carrier)
	if err != nil {
		return err
	}
	return c.change(ctx, "pdd.logistics.online.send", s.OrderNo, map[string]string{"order_sn": s.OrderNo, "logistics_id": company, "tracking_number": s.Waybill, "redelivery_type": mode})
}

// AppendParcel implements channel.ParcelAppender.
func (c *client) AppendParcel(ctx context.Context, s channel.ShipRequest) error {
	company, err := c.company(ctx, s.Carrier)
	if err != nil {
		return err
	}
	type track struct {
		Company json.Number `json:"shipping_id"`
		Waybill string      `json:"tracking_number"`
	}
	list, err := json.Marshal([]track{{json.Number(company), s.Waybill}})
	if err != nil {
		return channel.Told(channel.ErrAnswer, "companies", "a company without number").Because(err)
	}
	return c.change(ctx, "pdd.order.upload.extra.logistics", s.OrderNo, map[string]string{"order_sn": s.OrderNo, "extra_track_type": "1", "extra_track_list": string(list)})
}

var tagNames = []string{"", "红色", "黄色", "绿色", "蓝色", "紫色"}

// WriteMemo implements channel.MemoWriter. The platform counts flags as we do, and
// wants a name beside; no flag is left as it is.
func (c *client) WriteMemo(ctx context.Context, m channel.Memo) error {
	p := map[string]string{"order_sn": m.OrderNo, "note": m.Text}
	if m.Flag > 0 && m.Flag < len(tagNames) {
		p["tag"], p["tag_name"] = strconv.Itoa(m.Flag), tagNames[m.Flag]
	}
	return c.change(ctx, "pdd.order.note.update", m.OrderNo, p)
}

type region struct {
	ID     wire.Text `json:"id"`
	Parent wire.Text `json:"parent_id"`
	Name   wire.Text `json:"region_name"`
}

// ChangeAddress implements channel.AddressChanger. The platform wants the numbers of
// province, city and district, which its own list has.
func (c *client) ChangeAddress(ctx context.Context, orderNo string, r channel.Receiver) error {
	var answer struct {
		Regions []region `json:"logistics_address_list"`
	}
	if _, err := c.call(ctx, false, "pdd.logistics.address.get", nil, &answer); err != nil {
		return err
	}
	find := func(parent wire.Text, name string) wire.Text {
		for _, one := range answer.Regions {
			if one.Name.String() == name && (parent == "" || one.Parent == parent) {
				return one.ID
			}
		}
		return ""
	}
	province := find("", r.Province)
	city := find(province, r.City)
	district := find(city, r.District)
	if province == "" || city == "" || district == "" {
		return channel.Told(channel.ErrRefused, "region", "province, city or district is not in the channel's list")
	}
	return c.change(ctx, "pdd.order.update.address", orderNo, map[string]string{"order_sn": orderNo, "receiver_name": r.Name, "receiver_phone": r.Phone,
		"province": r.Province, "province_id": province.String(), "city": r.City, "city_id": city.String(), "town": r.District, "town_id": district.String(),
		"address": r.Town + r.Detail})
}

// PushStock implements channel.StockPusher: a call sets one SKU.
func (c *client) PushStock(ctx context.Context, levels []channel.StockLevel) ([]error, error) {
	out := make([]error, len(levels))
	for i, l := range levels {
		p := map[string]string{"goods_id": l.ItemNo, "quantity": strconv.FormatInt(l.Quantity, 10), "update_type": "1", "sku_id": l.SKUNo}
		if l.SKUNo == "" {
			p["outer_id"] = l.Code
		}
		out[i] = c.change(ctx, "pdd.goods.quantity.update", l.ItemNo, p)
	}
	return out, nil
}

const decryptAtOnce = 100

// Decrypt implements channel.Decrypter. The platform asks for no purpose. A virtual
// number comes with its extension: 18400913965-7576.
func (c *client) Decrypt(ctx context.Context, ciphers []channel.Cipher, _ string) ([]string, error) {
	type query struct {
		Tag  string `json:"data_tag"`
		Data string `json:"encrypted_data"`
	}
	plain := map[query]string{}
	for part := range slices.Chunk(ciphers, decryptAtOnce) {
		var list []query
		for _, one := range part {
			list = append(list, query{one.OrderNo, one.Text})
		}
		b, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		var answer struct {
			List []struct {
				Tag       wire.Text `json:"data_tag"`
				Encrypted wire.Text `json:"encrypted_data"`
				Decrypted wire.Text `json:"decrypted_data"`
				Code      wire.Int  `json:"error_code"`
				Extension wire.Text `json:"virtual_identify_number"`
				Virtual   wire.Int  `json:"virtual_number_type"`
			} `json:"data_decrypt_list"`
		}
		if _, err := c.call(ctx, false, "pdd.open.decrypt.batch", map[string]string{"data_list": string(b)}, &answer); err != nil {
			return nil, err
		}
		for _, one := range answer.List {
			text := one.Decrypted.String()
			if one.Virtual.N == 1 && one.Extension != "" {
				text += "-" + one.Extension.String()
			}
			if one.Code.N == 0 {
				plain[query{one.Tag.String(), one.Encrypted.String()}] = text
			}
		}
	}
	out := make([]string, len(ciphers))
	for i, one := range ciphers {
		out[i] = plain[query{one.OrderNo, one.Text}]
	}
	return out, nil
}

// SearchIndex implements channel.SearchIndexer.
func (c *client) SearchIndex(ctx context.Context, field, plain string) (string, error) {
	kind := "simple"
	if field == "phone" {
		kind = "phone"
	}
	list, err := json.Marshal([]map[string]string{{"input": plain, "type": kind}})
	if err != nil {
		return "", err
	}
	var answer struct {
		List []struct {
			Text    wire.Text `json:"search_text"`
			Success wire.Text `json:"success"`
		} `json:"search_text_list"`
	}
	if _, err := c.call(ctx, false, "pdd.open.kms.search.batch", map[string]string{"input_list": string(list)}, &answer); err != nil {
		return "", err
	}
	if len(answer.List) != 1 || answer.List[0].Success == "false" {
		return "", channel.Told(channel.ErrRefused, "search", "no search text")
	}
	return answer.List[0].Text.String(), nil
}

// indexOf reads the platform's three writings of a cipher text: $index$text$version$$ of
// phones, ~text~index~version~~ of names and addresses, and one closed with a single
// mark, which cannot be searched.
func indexOf(field, cipher string) (string, bool) {
	if field == "phone" {
		index, _, ok := wire.Searchable(cipher, '$')
		return index, ok
	}
	_, index, ok := wire.Searchable(cipher, '~')
	return index, ok
}

// IndexOf implements channel.SearchIndexer.
func (*client) IndexOf(field, cipher string) (string, bool) { return indexOf(field, cipher) }
