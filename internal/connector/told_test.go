package connector

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/httpx"
)

// memos are the keys under which channels write a seller's memo and flag.
var memos = []string{"seller_memo", "seller_flag", "remark_tag", "remark", "seller_words", "seller_remark_stars", "merchant_notes", "venderRemarkInfo",
	"sellerRemark", "sellerRemarkFlag", "seller_note", "flag", "orderNote", "note_attributes"}

// without takes the memo and the flag out of a payload, wherever they stand.
func without(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for _, k := range memos {
			delete(x, k)
		}
		for k := range x {
			x[k] = without(x[k])
		}
	case []any:
		for i := range x {
			x[i] = without(x[i])
		}
	}
	return v
}

// A channel that leaves empty fields out of an order it tells whole says by that that the
// memo and the flag were taken off; one that may never have told them says nothing.
func TestAPayloadWithoutAMemoEmptiesItWhereItsChannelTellsIt(t *testing.T) {
	type told struct{ memo, flag bool }
	whole := map[string]told{"taobao": {true, true}, "pdd": {true, true}, "douyin": {true, true}, "wechat": {true, false}, "jd": {true, true}, "xhs": {true, true}}
	hc, err := httpx.New(httpx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range All() {
		raws, _ := filepath.Glob(filepath.Join(m.Code, "testdata", "api", "[ot]r*de*.json"))
		if m.API == nil || len(raws) == 0 {
			continue
		}
		c, err := m.API.Open(channel.Access{HTTP: hc, Clock: clock.System{}, BaseURL: "https://channel.example", Credentials: filled(m.API.Credentials)})
		if err != nil {
			t.Fatal(m.Code, err)
		}
		raw, err := os.ReadFile(raws[0])
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatal(m.Code, err)
		}
		bare, err := json.Marshal(without(v))
		if err != nil {
			t.Fatal(err)
		}
		o, err := c.Map(bare)
		if err != nil {
			t.Fatal(m.Code, err)
		}
		if want := whole[m.Code]; o.MemoTold != want.memo || o.FlagTold != want.flag || o.SellerNote != "" || o.Flag != 0 {
			t.Errorf("%s: %v %v %q %d", m.Code, o.MemoTold, o.FlagTold, o.SellerNote, o.Flag)
		}
		delete(whole, m.Code)
	}
	if len(whole) > 0 {
		t.Errorf("not looked at: %v", whole)
	}
}

func filled(all []channel.Credential) map[string]string {
	out := map[string]string{}
	for _, c := range all {
		if c.Optional {
			continue
		}
		out[c.Name] = "7a1c2d3e4f5061728394a5b6c7d8e9f0"
	}
	return out
}
