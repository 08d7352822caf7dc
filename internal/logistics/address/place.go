package address

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Place is where an address is, as far as its text tells.
type Place struct {
	Province string `json:"province"` // 浙江省, the official name
	City     string `json:"city"`     // empty where counties stand right below the province
	District string `json:"district"`
	Town     string `json:"town"`
	// Code is of the smallest division that was recognised: 2, 4 or 6 digits, empty for none.
	Code string `json:"code"`
	// Former is set where District no longer exists; it names what stands in its place.
	Former string `json:"former,omitempty"`
	// Unofficial: District is a development zone (开发区) or the like, no division by law.
	Unofficial bool `json:"unofficial,omitempty"`
}

// found is a place and the bytes of the text that name it.
type found struct {
	Place
	from, to int
	score    int
}

// zone is what people write where a county should stand.
var zone = regexp.MustCompile(`^\p{Han}{0,10}?(?:经济技术开发区|高新技术产业开发区|高新技术开发区|经济开发区|高新开发区|开发区|高新区|工业园区|产业园区|示范区|度假区|保税区|管理区|新区|风景区|合作区)`)

// separators stand between the parts of a place.
func isSeparator(r rune) bool {
	return strings.ContainsRune(" \t\r\n,，、;；/|·-—_.。:：", r)
}

func skip(text string, at int) int {
	return at + len(text[at:]) - len(strings.TrimLeftFunc(text[at:], isSeparator))
}

// locate finds the place that the text names best: the most levels, whole names
// before short ones, then the earliest.
func locate(text string) (best found, ok bool) {
	t := divisions()
	for at := range text {
		t.at(text, at, func(f found) {
			if f.score > best.score {
				best, ok = f, true
			}
		})
	}
	best.from = best.widened(text)
	return best, ok
}

// widened is where the place begins when names of it that stand by themselves before it
// are counted in: nobody is called 浙江省.
func (f found) widened(text string) int {
	names := []string{f.Province, f.City}
	for _, d := range divisions().provinces {
		if d.Name != f.Province {
			continue
		}
		for _, s := range d.short {
			names = append(names, s, s+"省")
		}
		if c := d.city(f.City); c != nil {
			names = append(names, c.short...)
		}
	}
	from := f.from
	for again := true; again; {
		again = false
		before := strings.TrimRightFunc(text[:from], isSeparator)
		for _, n := range names {
			rest, ok := strings.CutSuffix(before, n)
			if last, _ := utf8.DecodeLastRuneInString(rest); ok && n != "" && (rest == "" || isSeparator(last)) {
				from, again = len(rest), true
				break
			}
		}
	}
	return from
}

// at tries every division whose name begins here.
func (t *table) at(text string, at int, try func(found)) {
	end, runes := at, 0
	for end < len(text) && runes < t.longest {
		_, w := utf8.DecodeRuneInString(text[end:])
		end += w
		if runes++; runes < 2 {
			continue
		}
		name := text[at:end]
		whole := t.full[name]
		for _, d := range whole {
			t.follow(text, at, end, d, 2, len(whole) == 1, try)
		}
		for _, d := range t.short[name] {
			t.follow(text, at, end, d, 1, len(whole) == 0 && len(t.short[name]) == 1, try)
		}
	}
}

// points: what a level tells, and more for its whole name.
const levelPoints = 10

// follow goes down from a division whose name was read, as far as the text goes on
// naming its children.
func (t *table) follow(text string, from, to int, d *Division, sure int, alone bool, try func(found)) {
	score := levelPoints + sure
	switch len(d.Code) {
	case 6:
		if sure < 2 || !alone {
			return // a county's name alone says where only when there is one of that name
		}
	}
	f := found{from: from}
	here := d
	if sure < 2 {
		to = d.ending(text, to)
	}
	to = d.repeated(text, to)
	for {
		kid, end, points := child(text, to, here)
		if kid == nil {
			break
		}
		here, to, score = kid, kid.repeated(text, end), score+points
	}
	f.Place, f.to = describe(here, text, to)
	f.to = f.echo(text, f.to)
	if f.Unofficial || f.Former != "" {
		score += levelPoints / 2
	}
	if len(d.Code) == 4 && sure < 2 && here == d && !f.Unofficial {
		return // 南京 alone may be a road
	}
	f.score = score*1000 - from // the earliest of equals
	try(f)
}

// child reads the next level: a city below its province, a county below its city, or
// a county right below its province where the city was left out.
func child(text string, at int, d *Division) (kid *Division, end, points int) {
	if len(d.Code) == 6 {
		return nil, 0, 0
	}
	next := skip(text, at)
	short := false
	longest := func(k *Division, bonus int) {
		if k.Name == "" {
			return
		}
		names := append([]string{k.Name}, k.short...)
		for i, n := range names {
			if !strings.HasPrefix(text[next:], n) || next+len(n) < end || next+len(n) == end && points >= levelPoints+bonus {
				continue
			}
			sure := 1
			if i == 0 {
				sure = 2
			} else if len(k.Code) == 6 && road(text[next+len(n):]) {
				continue // 西湖 is a county of Hangzhou, but 西湖路 is a road
			}
			kid, end, points, short = k, next+len(n), levelPoints+sure+bonus, sure < 2
		}
	}
	look := func() {
		for _, k := range d.kids {
			longest(k, 1)
		}
		if len(d.Code) == 2 {
			for k := range d.counties {
				longest(k, 0)
			}
		}
	}
	look()
	for _, r := range rungs {
		if kid == nil && strings.HasPrefix(text[next:], r) {
			next = skip(text, next+len(r))
			look()
		}
	}
	if short {
		end = kid.ending(text, end)
	}
	return kid, end, points
}

// rungs stand in the codes only, and in what platforms write.
var rungs = []string{"市辖区", "自治区直辖县级行政区划", "省直辖县级行政区划", "省直辖县级行政单位", "省直辖县", "县"}

// endingsOnce are what places ended with before, or what people add to a short name.
var endingsOnce = []string{"自治区", "自治州", "自治县", "地区", "新区", "省", "盟", "市", "县", "区"}

// ending goes past the ending that a text adds to a short name: 广西省, 那曲地区, 双流县.
func (d *Division) ending(text string, to int) int {
	for _, e := range endingsOnce {
		rest, ok := strings.CutPrefix(text[to:], e)
		if !ok {
			continue
		}
		if next, _ := utf8.DecodeRuneInString(rest); d.town(rest) == "" && strings.ContainsRune("场城政民委医中立一二三", next) {
			return to // 吴江市场路 is a road, and 县城 the town of a county
		}
		return to + len(e)
	}
	return to
}

// repeated goes past the name that a text says again: 浙江省 浙江省, 北京市北京市.
func (d *Division) repeated(text string, to int) int {
	for next := skip(text, to); strings.HasPrefix(text[next:], d.Name); next = skip(text, to) {
		if slices.ContainsFunc(d.kids, func(k *Division) bool {
			return len(k.Name) > len(d.Name) && strings.HasPrefix(text[next:], k.Name)
		}) {
			return to // 秦皇岛市经济技术开发区 is one of its places
		}
		to = next + len(d.Name)
	}
	return to
}

// echo goes past a whole place that stands once more before the street.
func (p Place) echo(text string, to int) int {
	names := []string{p.Province, p.City, p.District}
	if p.City == p.Province {
		names = names[1:]
	}
	at := to
	for _, name := range names {
		next := skip(text, at)
		if p.District == "" || !strings.HasPrefix(text[next:], name) {
			return to
		}
		at = next + len(name)
	}
	return at
}

// road reports whether a text goes on as the name of a road or a building does.
func road(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune("路街道巷弄里大东西南北中村广花小苑园", r)
}

// describe names the place down to the town, and counts the text that named it.
func describe(d *Division, text string, to int) (Place, int) {
	province, city, county := d.path()
	p := Place{Province: province.Name, Code: d.Code}
	if city != nil {
		p.City = city.Name
	}
	switch {
	case county != nil:
		p.District = county.Name
		next := skip(text, to)
		if p.Town = county.town(text[next:]); p.Town != "" {
			to = next + len(p.Town)
		}
	case city != nil:
		next := skip(text, to)
		if name, now := formerAt(city, text[next:]); now != nil {
			p.District, p.Former, p.Code, to = name, now.Name, now.Code, next+len(name)
		} else if z := zone.FindString(text[next:]); z != "" {
			p.District, p.Unofficial, to = z, true, next+len(z)
		}
	}
	return p, to
}

func formerAt(city *Division, text string) (string, *Division) {
	for name := range former[city.Code] {
		if strings.HasPrefix(text, name) {
			return name, city.now(name)
		}
	}
	return "", nil
}
