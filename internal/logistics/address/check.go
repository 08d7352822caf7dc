package address

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Address is a receiver in parts, as a source gave it.
type Address struct {
	Name, Phone                            string
	Province, City, District, Town, Detail string
}

// Fault is one thing that is wrong with an address.
type Fault string

const (
	NameMissing    Fault = "name_missing"
	PhoneMissing   Fault = "phone_missing"
	PhoneWrong     Fault = "phone_wrong"
	ProvinceWrong  Fault = "province_unknown"
	CityWrong      Fault = "city_not_in_province"
	DistrictWrong  Fault = "district_not_in_city"
	PlaceMissing   Fault = "place_incomplete" // no province, or nothing below it
	DetailShort    Fault = "detail_too_short"
	DetailFormless Fault = "detail_without_number" // nothing that a courier could find: a warning
	NameVague      Fault = "name_vague"            // 先生, 女士: a warning
	FormerDistrict Fault = "district_renamed"      // a warning
)

// Warning reports whether parcels usually arrive all the same.
func (f Fault) Warning() bool {
	return f == DetailFormless || f == NameVague || f == FormerDistrict
}

var (
	phone   = regexp.MustCompile(`^(?:\+?86[- ]?)?1[3-9]\d{9}(?:[-_, ]\d{1,6}|转\d{1,6}|[\[(]\d{1,6}[\])])?$|^0\d{2,3}[- ]?\d{7,8}(?:[-转]\d{1,6})?$|^[48]00[- ]?\d{3}[- ]?\d{4}(?:[-转]\d{1,6})?$|^(?:\+?(?:852|853|886)[- ]?)\d{6,10}$`)
	local   = regexp.MustCompile(`^[2-9]\d{7}$|^0?9\d{8}$`) // of Hong Kong and Macau; of Taiwan
	findble = regexp.MustCompile(`[0-9０-９一二三四五六七八九十百]|[号楼栋幢室座院村组屯寨店厦城苑园庄所局校厂站行场社广馆铺]`)
	army    = regexp.MustCompile(`[0-9]{5}\s*部队`)
	vague   = regexp.MustCompile(`^(?:先生|女士|小姐|收件人|收货人|本人|客户|买家|匿名)$`)
)

// Check says what an address lacks, the worst first. Ask it about plain addresses
// only: of a masked one nobody knows.
func Check(a Address) []Fault {
	var out []Fault
	add := func(f Fault, is bool) {
		if is {
			out = append(out, f)
		}
	}
	name := strings.TrimSpace(a.Name)
	add(NameMissing, name == "")
	number := strings.TrimSpace(a.Phone)
	add(PhoneMissing, number == "")
	fault, abroad := region(a)
	add(PhoneWrong, number != "" && !phone.MatchString(number) && !(abroad && local.MatchString(number)))
	add(fault, fault != "" && !fault.Warning())
	detail := bare(a)
	add(DetailShort, utf8.RuneCountInString(detail) < 4)
	add(DetailFormless, !abroad && utf8.RuneCountInString(detail) >= 4 && !findble.MatchString(detail))
	add(NameVague, vague.MatchString(name))
	add(fault, fault.Warning())
	return out
}

// Complete reports whether nothing but warnings stands against an address.
func Complete(a Address) bool {
	for _, f := range Check(a) {
		if !f.Warning() {
			return false
		}
	}
	return true
}

// region checks that the parts lie within each other. abroad is Hong Kong, Macau and
// Taiwan, whose addresses follow other customs.
func region(a Address) (f Fault, abroad bool) {
	if a.Province == "" {
		return PlaceMissing, false
	}
	province := divisions().province(a.Province)
	if province == nil {
		return ProvinceWrong, false
	}
	if province.Code > "70" {
		return "", true
	}
	city := province.city(a.City)
	switch {
	case a.City == "" && a.District == "":
		return PlaceMissing, false
	case city == nil && a.City != "" && !rung(a.City):
		if county := province.county(a.City); county != nil { // 湖北省 仙桃市
			return "", false
		}
		return CityWrong, false
	}
	if a.District == "" {
		if army.MatchString(a.Detail) {
			return "", false // a unit is found by its number
		}
		if city != nil && (len(city.kids) == 0 || city.towns != "" || town(city)) {
			return "", false // 东莞市 has towns right below it
		}
		return PlaceMissing, false
	}
	within := province
	if city != nil {
		within = city
	}
	if within.county(a.District) != nil || rung(a.District) || zone.MatchString(a.District) || city != nil && town(city) {
		return "", false
	}
	if city != nil && city.now(a.District) != nil {
		return FormerDistrict, false
	}
	if city != nil && city.called(a.District) { // the platform repeats the city
		return "", false
	}
	if _, elsewhere := divisions().full[a.District]; elsewhere {
		return DistrictWrong, false
	}
	return "", false // a name we never heard of may be newer than our table
}

// rung reports whether a source wrote a rung that exists in the codes only.
func rung(name string) bool {
	switch name {
	case "市辖区", "县", "省直辖县", "省直辖县级行政区划", "省直辖县级行政单位", "自治区直辖县级行政区划", "其它区", "其他区", "其它", "其他":
		return true
	}
	return false
}

// town: the city has no counties, only towns and streets.
func town(city *Division) bool {
	if city.Code == "6202" { // 嘉峪关市: what the table has below it are no divisions by law
		return true
	}
	for _, k := range city.kids {
		if strings.HasSuffix(k.Name, "区") || strings.HasSuffix(k.Name, "县") {
			return false
		}
	}
	return true
}

func (t *table) province(name string) *Division {
	for _, p := range t.provinces {
		if p.called(name) || p.Name+"省" == name || name == "内蒙" && p.Code == "15" {
			return p
		}
	}
	return nil
}

func (d *Division) city(name string) *Division {
	for _, k := range d.kids {
		if k.called(name) {
			return k
		}
	}
	return nil
}

// county finds one by name below a province or a city.
func (d *Division) county(name string) *Division {
	for k := range d.counties {
		if k.called(name) {
			return k
		}
	}
	return nil
}

// bare is the detail without what only repeats the place.
func bare(a Address) string {
	s := strings.TrimSpace(a.Detail)
	for _, part := range []string{a.Province, a.City, a.District, a.Town} {
		if part != "" {
			s = strings.TrimSpace(strings.TrimPrefix(s, part))
		}
	}
	if a.Town != "" && !rung(a.Town) && s != "" {
		s = a.Town + s
	}
	return strings.TrimFunc(s, func(r rune) bool { return isSeparator(r) || unicode.IsSpace(r) })
}
