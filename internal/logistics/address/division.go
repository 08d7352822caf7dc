package address

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed divisions.txt.gz
var packed []byte

// Division is a province (省), a city (市) or a county (区县).
type Division struct {
	Code string // 2, 4 or 6 digits of GB/T 2260
	Name string // empty for rungs that exist in the codes only
	up   *Division
	kids []*Division
	// short are the names people write instead: without 省, 市 or the peoples' names.
	short []string
	towns string // comma list
}

// table is all divisions, and where their names lead.
type table struct {
	provinces []*Division
	full      map[string][]*Division // whole names of every level
	short     map[string][]*Division // of provinces and cities
	longest   int                    // runes of the longest name
}

// divisions reads the table when it is first asked for: most processes never do.
var divisions = sync.OnceValue(func() *table {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("divisions.txt.gz: " + err.Error()) // part of the program
	}
	text, err := io.ReadAll(z)
	if err != nil {
		panic("divisions.txt.gz: " + err.Error())
	}
	t := &table{full: map[string][]*Division{}, short: map[string][]*Division{}}
	var province, city *Division
	for line := range strings.Lines(string(text)) {
		code, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		name, towns, _ := strings.Cut(rest, " ")
		if name == "-" {
			name = ""
		}
		d := &Division{Code: code, Name: name, towns: towns}
		switch len(code) {
		case 2:
			province = d
			t.provinces = append(t.provinces, d)
		case 4:
			city, d.up = d, province
			province.kids = append(province.kids, d)
		case 6:
			d.up = city
			city.kids = append(city.kids, d)
		default:
			continue // the heading
		}
		t.index(d)
	}
	return t
})

func (t *table) index(d *Division) {
	if d.Name == "" {
		return
	}
	d.short = shorter(d.Name, len(d.Code))
	t.full[d.Name] = append(t.full[d.Name], d)
	t.longest = max(t.longest, utf8.RuneCountInString(d.Name))
	if len(d.Code) < 6 {
		for _, s := range d.short {
			t.short[s] = append(t.short[s], d)
		}
	}
}

// peoples are the names that autonomous places carry and people leave out.
var peoples = []string{"土家族", "苗族", "藏族", "羌族", "彝族", "哈尼族", "壮族", "傣族", "景颇族", "傈僳族", "白族", "朝鲜族", "回族", "蒙古族", "蒙古",
	"哈萨克族", "哈萨克", "柯尔克孜族", "柯尔克孜", "布依族", "侗族", "维吾尔", "瑶族", "黎族", "满族", "畲族", "仡佬族", "水族", "独龙族", "怒族", "普米族",
	"纳西族", "拉祜族", "佤族", "布朗族", "东乡族", "保安族", "撒拉族", "裕固族", "土族", "锡伯族", "塔吉克族", "塔吉克", "达斡尔族", "鄂温克族", "鄂伦春", "毛南族", "仫佬族", "各族"}

var endings = map[int][]string{
	2: {"特别行政区", "自治区", "省", "市"},
	4: {"自治州", "地区", "盟", "市", "县"},
	6: {"自治县", "自治旗", "林区", "矿区", "区", "县", "市", "旗"},
}

// shorter lists how people abbreviate a name; two characters at least are left.
func shorter(name string, level int) []string {
	var out []string
	for _, e := range endings[level] {
		bare, ok := strings.CutSuffix(name, e)
		if !ok {
			continue
		}
		for again := true; again; {
			again = false
			for _, p := range peoples {
				if b, ok := strings.CutSuffix(bare, p); ok && utf8.RuneCountInString(b) >= 2 { // 内蒙古 keeps its 蒙古
					bare, again = b, true
				}
			}
		}
		if utf8.RuneCountInString(bare) >= 2 && bare != name {
			out = append(out, bare)
			if e == "自治州" {
				out = append(out, bare+"州")
			}
		}
		break
	}
	return out
}

// path is the division with those above it: province, city, county, nil where there is none.
func (d *Division) path() (province, city, county *Division) {
	for ; d != nil; d = d.up {
		switch len(d.Code) {
		case 2:
			province = d
		case 4:
			city = d
		default:
			county = d
		}
	}
	return province, city, county
}

// called reports whether name is the division's name, or a way to write it.
func (d *Division) called(name string) bool {
	return d.Name != "" && (d.Name == name || slices.Contains(d.short, name))
}

// counties walks over every county below d.
func (d *Division) counties(yield func(*Division) bool) {
	for _, k := range d.kids {
		if len(k.Code) == 6 {
			if !yield(k) {
				return
			}
			continue
		}
		for _, c := range k.kids {
			if !yield(c) {
				return
			}
		}
	}
}

// town finds a town or street of d at the beginning of text.
func (d *Division) town(text string) string {
	best := ""
	for name := range strings.SplitSeq(d.towns, ",") {
		if len(name) > len(best) && strings.HasPrefix(text, name) {
			best = name
		}
	}
	return best
}

// Within lists the names of the divisions of a place: provinces for "", a province's
// cities (its counties where it has none between), a city's counties. An unknown place
// has none.
func Within(province, city string) []string {
	t := divisions()
	names := func(all []*Division) []string {
		out := []string{}
		for _, d := range all {
			if d.Name != "" {
				out = append(out, d.Name)
				continue
			}
			for _, k := range d.kids {
				out = append(out, k.Name)
			}
		}
		return out
	}
	if province == "" {
		return names(t.provinces)
	}
	for _, p := range t.provinces {
		if p.Name != province {
			continue
		}
		if city == "" {
			return names(p.kids)
		}
		for _, c := range p.kids {
			if c.Name == city {
				return names(c.kids)
			}
		}
	}
	return []string{}
}

// Counties lists every county with the names above it.
func Counties() (out []Place) {
	for _, p := range divisions().provinces {
		for c := range p.counties {
			place := Place{Province: p.Name, District: c.Name, Code: c.Code}
			if c.up != nil && len(c.up.Code) == 4 {
				place.City = c.up.Name
			}
			out = append(out, place)
		}
	}
	return out
}
