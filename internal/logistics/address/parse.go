package address

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// MaxText bounds what is read, in characters; the rest is left alone.
const MaxText = 500

// Parsed is a pasted text taken apart. What the text does not tell is empty.
type Parsed struct {
	Name      string `json:"name"`
	Phone     string `json:"phone"`     // digits and the dashes of a landline
	Extension string `json:"extension"` // of a virtual number (虚拟号), 1 to 6 digits
	Zip       string `json:"zip"`
	Place
	Detail string `json:"detail"`
}

var (
	labels = regexp.MustCompile(`(?:收货人|收件人|联系人|姓名|名字|手机号码|手机号|手机|联系电话|联系方式|电话号码|电话|所在地区|所在省市|详细地址|收货地址|收件地址|地址|邮政编码|邮编)\s*[:：]\s*`)
	mobile = regexp.MustCompile(`(?:\+?86[-\s]?)?(1[3-9]\d)[-\s]?(\d{4})[-\s]?(\d{4})(?:\s*(?:[-—]|转|分机|ext\.?)\s*(\d{1,6})|\s*[\[(【]\s*(?:转|分机)?\s*(\d{1,6})\s*[\])】])?`)
	fixed  = regexp.MustCompile(`(?:0\d{2,3}[-\s]?\d{7,8}|400[-\s]?\d{3}[-\s]?\d{4}|800[-\s]?\d{3}[-\s]?\d{4})(?:\s*(?:-|转|分机)\s*(\d{1,6}))?`)
	abroad = regexp.MustCompile(`\+?(852|853|886)[-\s]?(\d{2,4}[-\s]?\d{3,4}[-\s]?\d{0,4})`)
	island = regexp.MustCompile(`(?:09\d{2}[-\s]?\d{3}[-\s]?\d{3}|[2-9]\d{3}[-\s]?\d{4})`)
	zip    = regexp.MustCompile(`^\d{6}$`)
)

// joins leaves of a number its digits.
var joins = strings.NewReplacer("-", "", " ", "", "\n", "")

// Parse takes a text apart that somebody pasted: name, phone and address in any
// order, with or without separators and field labels.
func Parse(text string) Parsed {
	var p Parsed
	text = clip(narrow(text))
	pasted := text
	text = labels.ReplaceAllString(text, "\n")
	text = p.takePhone(text)
	pieces := p.takeZip(split(text))
	joined := strings.Join(pieces, "\n")
	place, ok := locate(joined)
	if ok && p.Phone == "" && (place.Province == "香港特别行政区" || place.Province == "澳门特别行政区" || place.Province == "台湾省") {
		if m := whole(island, joined); m != nil {
			p.Phone = joins.Replace(joined[m[0]:m[1]])
			joined = joined[:m[0]] + "\n" + joined[m[1]:]
			pieces = strings.Split(joined, "\n")
			place, ok = locate(joined)
		}
	}
	if !ok {
		p.takeName(pieces)
		p.Detail = strings.Join(without(pieces, p.Name), "")
		return p
	}
	p.Place = place.Place
	// The piece in which the place begins is the address; what stands before the
	// place in the same piece is a name, or belongs to the address.
	before := strings.Split(joined[:place.from], "\n")
	lead := before[len(before)-1]
	before = filled(before[:len(before)-1])
	after := filled(strings.Split(joined[place.to:], "\n"))
	others := append(append([]string{}, before...), lead)
	p.takeName(filled(append(others, after[min(1, len(after)):]...)))
	if p.Name == "" && len(after) > 0 && strings.HasPrefix(joined[place.to:], "\n") {
		p.takeName(after[:1])
	}
	rest := append(filled(append(before, lead)), after...)
	p.Detail = trimmed(strings.Join(without(rest, p.Name), ""))
	if p.Name == "" {
		p.takeGlued(pasted)
	}
	if bare := received.ReplaceAllString(p.Name, ""); utf8.RuneCountInString(bare) > 2 || bare+"收" != p.Name { // 高丰收 is a name
		p.Name = bare
	}
	return p
}

// received is what people write behind whom a parcel is for.
var received = regexp.MustCompile(`\s*(?:收|[(（]收[)）])$`)

// surnames are the most frequent ones, nine people of ten.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷曲盛冉翁蓝骆路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤时穆"

// glued is a name that stands between a number of the address and the phone, without any
// separator: 文三路1号林小满13800138000.
var glued = regexp.MustCompile(`[0-9A-Za-z号室楼栋幢层座组屯]((?:欧阳|司马|上官|诸葛|皇甫|慕容|令狐|[` + surnames + `])\p{Han}{1,2})$`)

// takeGlued takes such a name off the detail, where the phone follows at once.
func (p *Parsed) takeGlued(pasted string) {
	m := glued.FindStringSubmatchIndex(p.Detail)
	if m == nil {
		return
	}
	name := p.Detail[m[2]:m[3]]
	if _, behind, _ := strings.Cut(pasted, p.Detail[m[0]:m[3]]); behind == "" || !unicode.IsDigit(rune(behind[0])) && behind[0] != '+' {
		return
	}
	p.Name, p.Detail = name, p.Detail[:m[2]]
}

// narrow makes full-width letters and digits plain, so that １３８ is a number.
func narrow(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E && r != '，' && r != '；' && r != '：':
			b.WriteString(width.Narrow.String(string(r)))
		case r == '\u3000', r == '\u00a0', r == '\t':
			b.WriteByte(' ')
		case r == '\u200b', r == '\ufeff', r == utf8.RuneError:
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

func clip(text string) string {
	n := 0
	for at := range text {
		if n++; n > MaxText {
			return text[:at]
		}
	}
	return text
}

// takePhone cuts the first number that is a phone's out of the text.
func (p *Parsed) takePhone(text string) string {
	for _, m := range mobile.FindAllStringSubmatchIndex(text, -1) {
		if part(text, m[0], m[7], m[1]) {
			continue
		}
		p.Phone = text[m[2]:m[3]] + text[m[4]:m[5]] + text[m[6]:m[7]]
		p.Extension = group(text, m, 4) + group(text, m, 5)
		return text[:m[0]] + "\n" + text[m[1]:]
	}
	for _, m := range fixed.FindAllStringSubmatchIndex(text, -1) {
		if part(text, m[0], m[1], m[1]) {
			continue
		}
		end := m[1]
		if m[2] >= 0 {
			p.Extension = text[m[2]:m[3]]
			end = m[0] + len(strings.TrimRight(text[m[0]:m[2]], " -转分机"))
		}
		p.Phone = strings.ReplaceAll(text[m[0]:end], " ", "-")
		return text[:m[0]] + "\n" + text[m[1]:]
	}
	if m := abroad.FindStringSubmatchIndex(text); m != nil && !part(text, m[0], m[1], m[1]) {
		p.Phone = "+" + text[m[2]:m[3]] + " " + joins.Replace(text[m[4]:m[5]])
		return text[:m[0]] + "\n" + text[m[1]:]
	}
	return text
}

// whole is the first match that is no part of a longer number.
func whole(re *regexp.Regexp, text string) []int {
	for _, m := range re.FindAllStringIndex(text, -1) {
		if !part(text, m[0], m[1], m[1]) {
			return m
		}
	}
	return nil
}

// part reports whether the digits go on before or behind: an order number, not a phone.
func part(text string, from, digits, to int) bool {
	before := from > 0 && text[from-1] >= '0' && text[from-1] <= '9'
	behind := to < len(text) && text[to] >= '0' && text[to] <= '9'
	return before || behind || digits > to
}

func group(text string, m []int, n int) string {
	if m[2*n] < 0 {
		return ""
	}
	return text[m[2*n]:m[2*n+1]]
}

// split cuts at separators, but leaves the words of a Latin name together.
func split(text string) (out []string) {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || strings.ContainsRune(",，;；、|", r) }) {
		latin := false
		for word := range strings.FieldsSeq(line) {
			is := !strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxLatin1 || !unicode.IsLetter(r) && r != '.' && r != '\'' })
			if is && latin {
				out[len(out)-1] += " " + word
			} else {
				out = append(out, word)
			}
			latin = is
		}
	}
	return out
}

// takeZip takes six digits that stand alone.
func (p *Parsed) takeZip(pieces []string) []string {
	for i, s := range pieces {
		if zip.MatchString(s) && s[0] <= '8' {
			p.Zip = s
			return append(append([]string{}, pieces[:i]...), pieces[i+1:]...)
		}
	}
	return pieces
}

// addressWords are characters that end the parts of an address and no name.
const addressWords = "省市区县镇乡村路街巷弄号楼栋幢室层座单元院园厦场铺店户组队"

// takeName takes the piece that looks most like a person's name.
func (p *Parsed) takeName(pieces []string) {
	best, score := "", 0
	for _, s := range pieces {
		if n := likeness(s); n > score {
			best, score = s, n
		}
	}
	p.Name = best
}

// extended is a name behind which a platform repeats the extension of a virtual number.
var extended = regexp.MustCompile(`[\[(【]\d{1,6}[\])】]$`)

// likeness: how much a piece looks like a name; 0 is not at all.
func likeness(s string) int {
	s = extended.ReplaceAllString(s, "")
	n := utf8.RuneCountInString(s)
	if n < 2 || n > 20 || strings.ContainsFunc(s, unicode.IsDigit) {
		return 0
	}
	last, _ := utf8.DecodeLastRuneInString(s)
	if strings.ContainsRune(addressWords, last) && n > 3 {
		return 0
	}
	han := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			han++
		} else if !unicode.IsLetter(r) && !strings.ContainsRune("·.*-_() ", r) {
			return 1
		}
	}
	switch {
	case han == n && n <= 4:
		return 10 - n
	case han == 0:
		return 3
	}
	return 2
}

// without leaves out the first piece that is the name.
func without(pieces []string, name string) []string {
	for i, s := range pieces {
		if s == name && name != "" {
			return append(append([]string{}, pieces[:i]...), pieces[i+1:]...)
		}
	}
	return pieces
}

func filled(pieces []string) (out []string) {
	for _, s := range pieces {
		if s = trimmed(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func trimmed(s string) string { return strings.TrimFunc(s, isSeparator) }
