package wire

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

func TestARefusedMemberIsNamedWithItsValue(t *testing.T) {
	type line struct {
		Number Int  `json:"number"`
		Price  Yuan `json:"price"`
	}
	type order struct {
		At    ChinaAt `json:"at"`
		Name  string  `json:"name"`
		Lines []line  `json:"lines"`
	}
	for raw, want := range map[string]struct {
		why          channel.Reason
		field, value string
	}{
		`{"at":"昨天下午"}`:                   {channel.BadTime, "at", "昨天下午"},
		`{"lines":[{"price":"12.3.4元"}]}`: {channel.BadMoney, "lines.price", "12.3.4元"},
		`{"lines":[{"price":1.234}]}`:     {channel.BadMoney, "lines.price", "1.234"},
		`{"lines":[{"number":"1.5"}]}`:    {channel.BadValue, "lines.number", "1.5"},
		`{"lines":"[object Object]"}`:     {channel.BadValue, "lines", "string"},
		`{"name":7}`:                      {channel.BadValue, "name", "number"},
		`{"name`:                          {channel.BadValue, "", "JSON"},
	} {
		var o order
		err := Decode([]byte(raw), &o)
		e := errs.As(err)
		if e == nil || !errors.Is(err, want.why.Err()) || e.Params["field"] != want.field || e.Params["value"] != want.value {
			t.Errorf("%s: %v", raw, err)
		}
	}
	var o order
	if err := Decode([]byte(`{"at":null,"name":null,"lines":null,"more":{}}`), &o); err != nil || o.At != 0 {
		t.Error(err)
	}
}

func TestWhatIsNoOrderIsRefused(t *testing.T) {
	two, none, minus := int64(2), int64(0), int64(-1)
	line := func(q *int64) channel.Line { return channel.Line{Quantity: q} }
	good := channel.Order{ChannelOrderNo: "1", Lines: []channel.Line{line(&two), line(&two)}}
	if o, err := Checked(good); err != nil || *o.TotalQuantity != 4 {
		t.Error(err)
	}
	good.Lines = append(good.Lines, line(nil))
	if o, err := Checked(good); err != nil || o.TotalQuantity != nil {
		t.Error("the pieces of an unknown quantity were counted", err)
	}
	for name, o := range map[string]channel.Order{
		"missing_order_no": {Lines: []channel.Line{line(&two)}}, "missing_lines": {ChannelOrderNo: "1"},
		"bad_quantity": {ChannelOrderNo: "1", Lines: []channel.Line{line(&two), line(&none)}},
	} {
		if _, err := Checked(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Checked(channel.Order{ChannelOrderNo: "1", Lines: []channel.Line{line(&minus)}}); !errors.Is(err, channel.BadQuantity.Err()) {
		t.Error(err)
	}
}

func TestACarrierIsFoundInTheChannelsList(t *testing.T) {
	asked := 0
	list := []Company{{"1", "yto2", "圆通速递(菜鸟)"}, {"2", "yuantong", "圆通快递"}, {"3", "yuantong1", "圆通速递"}, {"4", "zhongtong", "中通"}, {"5", "own", "自有车队"}}
	ask := func(context.Context) ([]Company, error) { asked++; return list, nil }
	var c Companies
	for carrier, id := range map[string]string{"YTO": "3", "ZTO": "4", "own": "5", "自有车队": "5"} {
		if got, err := c.Find(t.Context(), 1000, carrier, ask); err != nil || got.ID != id {
			t.Errorf("%s: %+v %v", carrier, got, err)
		}
	}
	if _, err := c.Find(t.Context(), 1000, "SF", ask); !errors.Is(err, channel.ErrRefused) {
		t.Error(err)
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	if _, err := c.Find(t.Context(), 1000+companiesFor, "ZTO", ask); err != nil || asked != 2 {
		t.Error("a day later", err, asked)
	}
	broken := errors.New("broken")
	if _, err := c.Find(t.Context(), 1000+3*companiesFor, "ZTO", func(context.Context) ([]Company, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestAProxysAnswerIsNotTheChannels(t *testing.T) {
	for _, a := range []Answer{{Status: 502, Body: []byte("<html>")}, {Status: 500}} {
		if err := a.OK(true); !errors.Is(err, channel.ErrUnknownOutcome) {
			t.Error(err)
		}
		if err := a.OK(false); !errors.Is(err, channel.ErrUnavailable) {
			t.Error(err)
		}
	}
	if err := (Answer{Status: 404}).OK(true); !errors.Is(err, channel.ErrAnswer) {
		t.Error(err)
	}
	page := Answer{Status: 200, Body: []byte("<html>")}
	var v any
	if page.OK(true) != nil || !errors.Is(page.JSON(&v, true), channel.ErrUnknownOutcome) || !errors.Is(page.JSON(&v, false), channel.ErrAnswer) {
		t.Error("a page was taken for an answer")
	}
}

func TestAMemberOfABrokenObjectIsStillRead(t *testing.T) {
	raw := []byte(`{"tid_str":null,"tid":9007199254740993001,"orders":"x"}`)
	if got := Field(raw, "tid_str", "tid"); got != "9007199254740993001" || got.Number() != 9007199254740993001 {
		t.Error(got)
	}
	if Field(raw, "orders2") != "" || Field([]byte("["), "a") != "" || Field(nil) != "" || Text("x").Number() != 0 {
		t.Error("something of nothing")
	}
}
