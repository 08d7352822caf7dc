package sf

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/wire"
)

type client struct {
	logistics.Access
	partner, word, card string
}

func open(a logistics.Access) (logistics.Client, error) {
	if err := wire.Credentials(credentials, a); err != nil {
		return nil, err
	}
	return &client{Access: a, partner: a.Credentials[partnerID], word: a.Credentials[checkword], card: a.Credentials[monthlyCard]}, nil
}

// digest signs a message: Base64 of the MD5 of its URL-encoded text, time and checkword.
func digest(message, timestamp, word string) string {
	sum := md5.Sum([]byte(url.QueryEscape(message + timestamp + word)))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// message writes a message as JSON without the characters that encoders of URLs treat
// differently, so that the digest is the same whoever computes it.
func message(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	for _, c := range string(b) {
		if strings.ContainsRune(" *~'()!", c) {
			fmt.Fprintf(&out, `\u%04x`, c)
			continue
		}
		out.WriteRune(c)
	}
	return []byte(out.String()), nil
}

// words are the gateway's and the services' codes in ours.
var words = map[string]*errs.Error{
	"A1001": logistics.ErrSignature, "A1006": logistics.ErrSignature, "A1002": logistics.ErrClock, "A1003": logistics.ErrIPNotListed, "A1004": logistics.ErrPermission,
	"A1011": logistics.ErrPermission, "8009": logistics.ErrNotFound, "8016": logistics.ErrDone, "8037": logistics.ErrDone,
	"8057": logistics.ErrPermission, "8186": logistics.ErrUnreachable, "8067": logistics.ErrUnreachable,
}

// failure makes the error of a code that is no success.
func failure(code, text string, effect bool) error {
	switch e, known := words[code]; {
	case known:
		return logistics.Told(e, code, text).With("no", "")
	case code == "A1005":
		return logistics.Throttled(1000, code)
	case code == "A1099" || strings.HasPrefix(code, "A1") && code != "A1000":
		// The gateway refused before the service saw it, so nothing has happened.
		return logistics.Told(logistics.ErrUnavailable, code, text)
	case code == "S0001" && effect:
		return logistics.ErrUnknownOutcome
	}
	return logistics.Told(logistics.ErrRefused, code, text)
}

// call asks one service and reads its data into into. Errors: those of logistics.Client.
func (c *client) call(ctx context.Context, service string, effect bool, in, into any) error {
	text, err := message(in)
	if err != nil {
		return err
	}
	at := strconv.FormatInt(clock.Millis(c.Clock)/1000, 10)
	id := sha256.Sum256([]byte(service + at + string(text)))
	form := url.Values{"partnerID": {c.partner}, "requestID": {hex.EncodeToString(id[:16])}, "serviceCode": {service}, "timestamp": {at},
		"msgDigest": {digest(string(text), at, c.word)}, "msgData": {string(text)}}
	body, err := wire.Post(ctx, c.Access, c.BaseURL, "application/x-www-form-urlencoded;charset=UTF-8", nil, []byte(form.Encode()), effect)
	if err != nil {
		return err
	}
	var outer struct {
		Code string          `json:"apiResultCode"`
		Text string          `json:"apiErrorMsg"`
		Data json.RawMessage `json:"apiResultData"`
	}
	if err := wire.JSON(body, &outer, effect); err != nil {
		return err
	}
	if outer.Code != "A1000" {
		return failure(outer.Code, outer.Text, effect)
	}
	// The data are a text that holds JSON; some services answer the object itself.
	raw := []byte(outer.Data)
	var quoted string
	if json.Unmarshal(raw, &quoted) == nil {
		raw = []byte(quoted)
	}
	var inner struct {
		Success bool            `json:"success"`
		Code    string          `json:"errorCode"`
		Text    string          `json:"errorMsg"`
		Data    json.RawMessage `json:"msgData"`
		Obj     json.RawMessage `json:"obj"`
	}
	if err := wire.JSON(raw, &inner, effect); err != nil {
		return err
	}
	if !inner.Success {
		return failure(inner.Code, inner.Text, effect)
	}
	if len(inner.Data) == 0 || string(inner.Data) == "null" {
		inner.Data = inner.Obj
	}
	if into == nil {
		return nil
	}
	return wire.JSON(inner.Data, into, effect)
}

type contact struct {
	Type     int    `json:"contactType"`
	Name     string `json:"contact"`
	Mobile   string `json:"mobile"`
	Country  string `json:"country"`
	Province string `json:"province"`
	City     string `json:"city"`
	County   string `json:"county"`
	Address  string `json:"address"`
	Zip      string `json:"postCode,omitempty"`
}

const sender, receiver = 1, 2

func contactOf(kind int, p logistics.Party) contact {
	return contact{Type: kind, Name: p.Name, Mobile: p.Phone, Country: "CN", Province: p.Province, City: p.City, County: p.District, Address: p.Town + p.Detail, Zip: p.Zip}
}

type cargo struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

type service struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Card  string `json:"value1,omitempty"`
}

// order is the message of EXP_RECE_CREATE_ORDER.
type order struct {
	Language string    `json:"language"`
	OrderID  string    `json:"orderId"`
	Contacts []contact `json:"contactInfoList"`
	Cargo    []cargo   `json:"cargoDetails"`
	Services []service `json:"serviceList,omitempty"`
	Card     string    `json:"monthlyCard"`
	Pay      int       `json:"payMethod"` // 1: the sender
	Product  int       `json:"expressTypeId"`
	Parcels  int       `json:"parcelQty"`
	Weight   string    `json:"totalWeight,omitempty"` // kilograms
	Remark   string    `json:"remark,omitempty"`
	Routed   int       `json:"isReturnRoutelabel"`
}

// issued is what create and search tell of a waybill.
type issued struct {
	Filter  int    `json:"filterResult"` // 1 by hand, 2 delivered, 3 not
	Remark  string `json:"remark"`
	Status  string `json:"orderStatus"`
	Numbers []struct {
		Type int    `json:"waybillType"` // 1 the parcel's, 2 a further piece's, 3 the signed receipt's
		No   string `json:"waybillNo"`
	} `json:"waybillNoInfoList"`
	Routes []struct {
		Data struct {
			SortCode string `json:"destRouteLabel"`
			Team     string `json:"destTeamCode"`
			Bag      string `json:"codingMapping"`
			QR       string `json:"twoDimensionCode"`
			Product  string `json:"proCode"`
		} `json:"routeLabelData"`
	} `json:"routeLabelInfo"`
}

// orderCancelled is the state of an order that was cancelled.
const orderCancelled = "2"

func (i issued) waybill() (out logistics.Issued, err error) {
	if i.Filter == 3 {
		return out, logistics.Told(logistics.ErrUnreachable, "filter-3", i.Remark)
	}
	for _, n := range i.Numbers {
		switch n.Type {
		case 1:
			out.No = n.No
		case 2:
			out.Children = append(out.Children, n.No)
		}
	}
	if out.No == "" {
		return out, logistics.ErrUnknownOutcome // taken, but the number comes later
	}
	if len(i.Routes) > 0 {
		r := i.Routes[0].Data
		out.SortCode, out.Mark, out.Bag, out.QR, out.Product = r.SortCode, r.Team, r.Bag, r.QR, r.Product
	}
	return out, nil
}

// Test implements logistics.Client: it looks for an order that is not there.
func (c *client) Test(ctx context.Context) error {
	_, err := c.Find(ctx, logistics.Request{Key: "OC-TEST"})
	if e := errs.As(err); e != nil && (e.Code == logistics.ErrNotFound.Code || e.Code == logistics.ErrDone.Code) {
		return nil
	}
	return err
}

// Issue implements logistics.Client.
func (c *client) Issue(ctx context.Context, r logistics.Request) (logistics.Issued, error) {
	product, err := strconv.Atoi(r.Product)
	if err != nil {
		product = 2
	}
	o := order{Language: "zh-CN", OrderID: r.Key, Contacts: []contact{contactOf(sender, r.Sender), contactOf(receiver, r.Receiver)}, Card: c.card, Pay: 1,
		Product: product, Parcels: max(1, r.Pieces), Remark: r.Note, Routed: 1}
	for _, g := range r.Goods {
		o.Cargo = append(o.Cargo, cargo{g.Name, g.Quantity})
	}
	if len(o.Cargo) == 0 {
		o.Cargo = []cargo{{"商品", 1}}
	}
	if r.WeightGram > 0 {
		o.Weight = wire.Kilograms(r.WeightGram)
	}
	if r.DeclaredFen > 0 {
		o.Services = append(o.Services, service{Name: "INSURE", Value: r.DeclaredFen.Yuan()})
	}
	if r.CollectFen > 0 {
		o.Services = append(o.Services, service{Name: "COD", Value: r.CollectFen.Yuan(), Card: c.card})
	}
	var i issued
	if err := c.call(ctx, "EXP_RECE_CREATE_ORDER", true, o, &i); err != nil {
		return logistics.Issued{}, err
	}
	return i.waybill()
}

// Find implements logistics.Client.
func (c *client) Find(ctx context.Context, r logistics.Request) (logistics.Issued, error) {
	var i issued
	in := map[string]any{"orderId": r.Key, "searchType": "1", "language": "zh-CN"}
	if err := c.call(ctx, "EXP_RECE_SEARCH_ORDER_RESP", false, in, &i); err != nil {
		return logistics.Issued{}, err
	}
	if i.Status == orderCancelled {
		return logistics.Issued{}, logistics.Told(logistics.ErrDone, "cancelled", "")
	}
	return i.waybill()
}

// Cancel implements logistics.Client.
func (c *client) Cancel(ctx context.Context, key, _ string) error {
	var out struct {
		Result int `json:"resStatus"`
	}
	if err := c.call(ctx, "EXP_RECE_UPDATE_ORDER", true, map[string]any{"orderId": key, "dealType": 2, "language": "zh-CN"}, &out); err != nil {
		return err
	}
	if out.Result != 2 {
		return logistics.Told(logistics.ErrRefused, "resStatus", strconv.Itoa(out.Result))
	}
	return nil
}
