package logistics

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Carrier is a company that moves parcels. Code is ours and stable.
type Carrier struct {
	Code    string   `json:"code"`
	NameZH  string   `json:"name_zh"`
	NameEN  string   `json:"name_en"`
	Aliases []string `json:"aliases"`
	Strict  string   `json:"strict,omitempty"` // numbers known to be issued
	Loose   string   `json:"loose,omitempty"`  // numbers that may be
	Samples []string `json:"samples,omitempty"`
	// ToDoor: parcels are brought to the door without being asked (送货上门).
	ToDoor bool `json:"to_door,omitempty"`
}

// What a buyer was promised about the way, as orders carry it among their flags.
const (
	// FlagToDoor: the parcel is brought to the door (送货上门).
	FlagToDoor = "deliver_to_door"
	// FlagCarrier, with a carrier's code behind it: that carrier brings it (指定快递, 顺丰加价).
	FlagCarrier = "carrier:"
)

// Promised is the carrier that an order's flags promise its buyer: for choosing one and
// for shipping alike. A code that no carrier has promises nothing, as nobody could keep it.
func Promised(flags []string) (Carrier, bool) {
	for _, f := range flags {
		if code, ok := strings.CutPrefix(f, FlagCarrier); ok {
			return Get(code)
		}
	}
	return Carrier{}, false
}

// Name is the carrier's name in lang ("zh-CN" or "en-US").
func (c Carrier) Name(lang string) string {
	if strings.HasPrefix(lang, "en") {
		return c.NameEN
	}
	return c.NameZH
}

//go:embed carriers.json
var carriersJSON []byte

// carrier is a Carrier ready to check numbers; strict is nil where nobody
// published the form of its numbers.
type carrier struct {
	Carrier
	strict, loose *regexp.Regexp
}

type table struct {
	list  []carrier
	code  map[string]int
	alias map[string]int
}

var load = sync.OnceValue(func() *table {
	t, err := read(carriersJSON)
	if err != nil {
		panic("logistics: carriers.json: " + err.Error()) // part of the binary: every test run sees it
	}
	return t
})

func read(b []byte) (*table, error) {
	var list []Carrier
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, err
	}
	t := &table{code: map[string]int{}, alias: map[string]int{}}
	for i, c := range list {
		k := carrier{Carrier: c}
		var err error
		if c.Strict != "" {
			if k.strict, err = regexp.Compile(c.Strict); err != nil {
				return nil, err
			}
			if k.loose, err = regexp.Compile(c.Loose); err != nil {
				return nil, err
			}
		}
		t.list = append(t.list, k)
		t.code[c.Code] = i
		for _, a := range append([]string{c.Code, c.NameZH, c.NameEN}, c.Aliases...) {
			a = fold(a)
			if j, taken := t.alias[a]; taken && j != i {
				return nil, fmt.Errorf("%q names both %s and %s", a, list[j].Code, c.Code)
			}
			t.alias[a] = i
		}
	}
	return t, nil
}

// Carriers lists all carriers, the usual ones first.
func Carriers() []Carrier {
	t := load()
	out := make([]Carrier, len(t.list))
	for i, c := range t.list {
		out[i] = c.Carrier
	}
	return out
}

// Get returns the carrier with this code.
func Get(code string) (Carrier, bool) {
	t := load()
	i, ok := t.code[code]
	if !ok {
		return Carrier{}, false
	}
	return t.list[i].Carrier, true
}

// NameOf is the name in lang of the carrier that a code or a spelling means, or the
// text itself where nobody knows it.
func NameOf(code, lang string) string {
	if c, ok := Get(code); ok {
		return c.Name(lang)
	}
	// A parcel shipped elsewhere carries the name as its channel wrote it.
	if c, ok := Find(code); ok {
		return c.Name(lang)
	}
	return code
}

// tails are words that people add to a carrier's name or leave out.
var tails = []string{"有限公司", "股份", "集团", "快递包裹", "快递", "速递", "速运", "物流", "快运", "标快", "特快", "EXPRESS", "LOGISTICS"}

// Find recognises a carrier in what a person or a platform wrote: 圆通, 圆通快递,
// 圆通速递(官方), YTO. It may find none; it never guesses between two.
func Find(text string) (Carrier, bool) {
	t := load()
	s := fold(text)
	if i, ok := t.alias[s]; ok {
		return t.list[i].Carrier, true
	}
	// 圆通速递(菜鸟), 顺丰速运-电商: what stands before the mark is the name.
	head := norm.NFKC.String(strings.TrimSpace(text))
	if cut := strings.IndexAny(head, "([【-—_/:,、;|"); cut > 0 {
		if i, ok := t.alias[fold(head[:cut])]; ok {
			return t.list[i].Carrier, true
		}
		s = fold(head[:cut])
	}
	for _, lead := range []string{"中国", "上海", "浙江", "国内"} {
		s = strings.TrimPrefix(s, lead)
	}
	for again := true; again && s != ""; {
		if i, ok := t.alias[s]; ok {
			return t.list[i].Carrier, true
		}
		again = false
		for _, tail := range tails {
			if short, ok := strings.CutSuffix(s, tail); ok && short != "" {
				s, again = short, true
				break
			}
		}
	}
	return Carrier{}, false
}

// Spellings are all ways the carrier is written, its own name first: whoever
// fills another's list looks for one of them in it.
func Spellings(code string) []string {
	c, ok := Get(code)
	if !ok {
		return nil
	}
	out := append([]string{c.NameZH, c.NameEN}, c.Aliases...)
	return slices.Compact(append(out, c.Code))
}

// fold makes spellings comparable: one width, upper case, letters and digits only.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, norm.NFKC.String(s))
}
