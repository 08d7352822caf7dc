package address_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/logistics/address"
)

func TestAPastedTextIsTakenApart(t *testing.T) {
	place := func(province, city, district, town string) address.Place {
		return address.Place{Province: province, City: city, District: district, Town: town}
	}
	for _, c := range []struct {
		text string
		want address.Parsed
	}{
		{"林小满 13800138000 浙江省杭州市西湖区文三路100号3幢2单元501室",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("浙江省", "杭州市", "西湖区", ""), Detail: "文三路100号3幢2单元501室"}},
		{"浙江杭州西湖文三路100号,林小满,138-0013-8000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("浙江省", "杭州市", "西湖区", ""), Detail: "文三路100号"}},
		{"收货人：周一诺\n手机号码：+86 13912345678\n所在地区：江苏省 苏州市 吴中区\n详细地址：木渎镇金枫路216号东创科技园B2座\n邮编:215100",
			address.Parsed{Name: "周一诺", Phone: "13912345678", Zip: "215100", Place: place("江苏省", "苏州市", "吴中区", "木渎镇"), Detail: "金枫路216号东创科技园B2座"}},
		{"张三13712345678-1234北京市朝阳区望京街道阜通东大街6号院",
			address.Parsed{Name: "张三", Phone: "13712345678", Extension: "1234", Place: place("北京市", "北京市", "朝阳区", "望京街道"), Detail: "阜通东大街6号院"}},
		{"张三[4321] 13712345678转4321 北京北京市朝阳区望京街道阜通东大街6号院",
			address.Parsed{Name: "张三[4321]", Phone: "13712345678", Extension: "4321", Place: place("北京市", "北京市", "朝阳区", "望京街道"), Detail: "阜通东大街6号院"}},
		{"杭州市临平区南苑街道迎宾路1号 王五 0571-88881234-802",
			address.Parsed{Name: "王五", Phone: "0571-88881234", Extension: "802", Place: place("浙江省", "杭州市", "临平区", "南苑街道"), Detail: "迎宾路1号"}},
		{"西藏那曲市安多县帕那镇幸福路3号 次仁旺堆 １３９８９９０１２３４",
			address.Parsed{Name: "次仁旺堆", Phone: "13989901234", Place: place("西藏自治区", "那曲市", "安多县", "帕那镇"), Detail: "幸福路3号"}},
		{"湖北省仙桃市沔街大道5号，15000000001，赵六",
			address.Parsed{Name: "赵六", Phone: "15000000001", Place: place("湖北省", "", "仙桃市", ""), Detail: "沔街大道5号"}},
		{"广东省东莞市虎门镇太沙路88号 陈七 15000000002",
			address.Parsed{Name: "陈七", Phone: "15000000002", Place: place("广东省", "东莞市", "虎门镇", ""), Detail: "太沙路88号"}},
		{"杭州市江干区凯旋路2号 孙八 15000000003",
			address.Parsed{Name: "孙八", Phone: "15000000003", Place: address.Place{Province: "浙江省", City: "杭州市", District: "江干区", Former: "上城区"}, Detail: "凯旋路2号"}},
		{"吉林省长春市高新区硅谷大街1198号 钱九 15000000004",
			address.Parsed{Name: "钱九", Phone: "15000000004", Place: address.Place{Province: "吉林省", City: "长春市", District: "高新区", Unofficial: true}, Detail: "硅谷大街1198号"}},
		{"𬸪𫘝 15000000005 上海市黄浦区南京东路300号",
			address.Parsed{Name: "𬸪𫘝", Phone: "15000000005", Place: place("上海市", "上海市", "黄浦区", ""), Detail: "南京东路300号"}},
		{"香港特别行政区九龙油尖旺区弥敦道555号 何十 15000000006",
			address.Parsed{Name: "何十", Phone: "15000000006", Place: place("香港特别行政区", "九龙", "油尖旺区", ""), Detail: "弥敦道555号"}},
		// What platforms and people write instead of the official places.
		{"重庆市县忠县忠州街道白公路5号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("重庆市", "", "忠县", "忠州街道"), Detail: "白公路5号"}},
		{"河南省省直辖县级行政区划济源市沁园街道1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("河南省", "", "济源市", ""), Detail: "沁园街道1号"}},
		{"北京市北京市市辖区东城区王府井大街1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("北京市", "北京市", "东城区", ""), Detail: "王府井大街1号"}},
		{"浙江省 浙江省 杭州市 杭州市 西湖区 西湖区 文三路1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("浙江省", "杭州市", "西湖区", ""), Detail: "文三路1号"}},
		{"浙江省杭州市西湖区浙江省杭州市西湖区文三路1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("浙江省", "杭州市", "西湖区", ""), Detail: "文三路1号"}},
		{"广东省广州市广州市天河区体育西路1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("广东省", "广州市", "天河区", ""), Detail: "体育西路1号"}},
		{"内蒙古兴安盟乌兰浩特市五一路1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("内蒙古自治区", "兴安盟", "乌兰浩特市", ""), Detail: "五一路1号"}},
		{"广西省南宁市青秀区民族大道1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("广西壮族自治区", "南宁市", "青秀区", ""), Detail: "民族大道1号"}},
		{"江苏苏州工业园区星湖街328号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("江苏省", "苏州市", "工业园区", ""), Detail: "星湖街328号"}},
		{"新疆伊犁州伊宁市解放路3号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("新疆维吾尔自治区", "伊犁哈萨克自治州", "伊宁市", ""), Detail: "解放路3号"}},
		{"江苏省苏州市吴江市盛泽镇舜湖路1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("江苏省", "苏州市", "吴江区", "盛泽镇"), Detail: "舜湖路1号"}},
		{"苏州市吴江市场路1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("江苏省", "苏州市", "吴江区", ""), Detail: "市场路1号"}},
		{"上海市崇明县城桥镇人民路1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("上海市", "上海市", "崇明区", "城桥镇"), Detail: "人民路1号"}},
		{"广东省深圳市龙华新区民治街道1号 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("广东省", "深圳市", "龙华区", "民治街道"), Detail: "1号"}},
		{"西藏那曲地区那曲县浙江路1号 次仁旺堆 13800138000",
			address.Parsed{Name: "次仁旺堆", Phone: "13800138000", Place: address.Place{Province: "西藏自治区", City: "那曲市", District: "那曲县", Former: "色尼区"}, Detail: "浙江路1号"}},
		{"四川省南充市仪陇县马鞍镇红旗村三组 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("四川省", "南充市", "仪陇县", "马鞍镇"), Detail: "红旗村三组"}},
		{"江苏省徐州市73081部队75分队 林小满 13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("江苏省", "徐州市", "", ""), Detail: "73081部队75分队"}},
		// Numbers of the islands.
		{"台湾台北市信义区市府路45号 林小满 +886912345678",
			address.Parsed{Name: "林小满", Phone: "+886 912345678", Place: place("台湾省", "台北市", "信义区", ""), Detail: "市府路45号"}},
		{"香港湾仔区轩尼诗道1号 林小满 9123 4567",
			address.Parsed{Name: "林小满", Phone: "91234567", Place: place("香港特别行政区", "香港岛", "湾仔区", ""), Detail: "轩尼诗道1号"}},
		{"澳门氹仔官也街1号 林小满 +853-66123456",
			address.Parsed{Name: "林小满", Phone: "+853 66123456", Place: place("澳门特别行政区", "", "", ""), Detail: "氹仔官也街1号"}},
		// Everything in one, and what stands behind a name.
		{"林小满13800138000浙江省杭州市西湖区文三路1号",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("浙江省", "杭州市", "西湖区", ""), Detail: "文三路1号"}},
		{"浙江省杭州市西湖区文三路1号3楼林小满１３８００１３８０００",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("浙江省", "杭州市", "西湖区", ""), Detail: "文三路1号3楼"}},
		{"浙江省杭州市西湖区文三路1号快递柜13800138000",
			address.Parsed{Phone: "13800138000", Place: place("浙江省", "杭州市", "西湖区", ""), Detail: "文三路1号快递柜"}},
		{"浙江省杭州市西湖区文三路1号，林小满收，13800138000",
			address.Parsed{Name: "林小满", Phone: "13800138000", Place: place("浙江省", "杭州市", "西湖区", ""), Detail: "文三路1号"}},
		{"浙江省杭州市西湖区文三路1号，高丰收，13800138000",
			address.Parsed{Name: "高丰收", Phone: "13800138000", Place: place("浙江省", "杭州市", "西湖区", ""), Detail: "文三路1号"}},
		{"订单号 202611210001380013800012 请尽快", address.Parsed{Name: "订单号", Detail: "202611210001380013800012请尽快"}},
		{"", address.Parsed{}},
	} {
		got := address.Parse(c.text)
		got.Code = ""
		if got != c.want {
			t.Errorf("%q\n got %+v\nwant %+v", c.text, got, c.want)
		}
	}
}

func TestAnAddressIsToldWhatItLacks(t *testing.T) {
	good := address.Address{Name: "林小满", Phone: "13800138000", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文三路100号3幢501室"}
	with := func(change func(a *address.Address)) address.Address {
		a := good
		change(&a)
		return a
	}
	for _, c := range []struct {
		about string
		a     address.Address
		want  []address.Fault
	}{
		{"a whole one", good, nil},
		{"short names of places", with(func(a *address.Address) { a.Province, a.City, a.District = "浙江", "杭州", "西湖" }), nil},
		{"a county below its province", with(func(a *address.Address) { a.Province, a.City, a.District = "湖北省", "省直辖县", "仙桃市" }), nil},
		{"the same with the county as city", with(func(a *address.Address) { a.Province, a.City, a.District = "湖北省", "仙桃市", "" }), nil},
		{"a city of towns", with(func(a *address.Address) { a.Province, a.City, a.District = "广东省", "中山市", "" }), nil},
		{"a development zone", with(func(a *address.Address) { a.District = "钱塘新区" }), nil},
		{"a platform's other district", with(func(a *address.Address) { a.District = "其它区" }), nil},
		{"a county of a rung", with(func(a *address.Address) { a.Province, a.City, a.District = "重庆市", "县", "忠县" }), nil},
		{"a virtual number", with(func(a *address.Address) { a.Phone = "17012345678-1234" }), nil},
		{"a virtual number written with a comma", with(func(a *address.Address) { a.Phone = "17012345678,1234" }), nil},
		{"a landline", with(func(a *address.Address) { a.Phone = "0571-88881234" }), nil},
		{"Hong Kong", with(func(a *address.Address) {
			a.Province, a.City, a.District, a.Phone, a.Detail = "香港特别行政区", "", "", "+852 91234567", "弥敦道五五五号"
		}), nil},
		{"a number of Hong Kong as people write it there", with(func(a *address.Address) {
			a.Province, a.City, a.District, a.Phone, a.Detail = "香港特别行政区", "", "", "91234567", "弥敦道五五五号"
		}), nil},
		{"the same on the mainland", with(func(a *address.Address) { a.Phone = "91234567" }), []address.Fault{address.PhoneWrong}},
		{"a unit of the army", with(func(a *address.Address) { a.District, a.Detail = "", "73081部队75分队" }), nil},
		{"a city without counties", with(func(a *address.Address) { a.Province, a.City, a.District = "甘肃省", "嘉峪关市", "" }), nil},
		{"no name", with(func(a *address.Address) { a.Name = " " }), []address.Fault{address.NameMissing}},
		{"a name that says nothing", with(func(a *address.Address) { a.Name = "先生" }), []address.Fault{address.NameVague}},
		{"no phone", with(func(a *address.Address) { a.Phone = "" }), []address.Fault{address.PhoneMissing}},
		{"a digit too few", with(func(a *address.Address) { a.Phone = "1380013800" }), []address.Fault{address.PhoneWrong}},
		{"no such province", with(func(a *address.Address) { a.Province = "江浙省" }), []address.Fault{address.ProvinceWrong}},
		{"a city of another province", with(func(a *address.Address) { a.City, a.District = "苏州市", "吴中区" }), []address.Fault{address.CityWrong}},
		{"a county of another city", with(func(a *address.Address) { a.District = "吴中区" }), []address.Fault{address.DistrictWrong}},
		{"a county that became another", with(func(a *address.Address) { a.District = "下城区" }), []address.Fault{address.FormerDistrict}},
		{"no county", with(func(a *address.Address) { a.District = "" }), []address.Fault{address.PlaceMissing}},
		{"no place", with(func(a *address.Address) { a.Province, a.City, a.District = "", "", "" }), []address.Fault{address.PlaceMissing}},
		{"a detail that repeats the place only", with(func(a *address.Address) { a.Detail = "浙江省杭州市西湖区" }), []address.Fault{address.DetailShort}},
		{"a detail without anything to find", with(func(a *address.Address) { a.Detail = "解放路附近那里" }), []address.Fault{address.DetailFormless}},
	} {
		got := address.Check(c.a)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.about, got, c.want)
		}
		complete := !slices.ContainsFunc(c.want, func(f address.Fault) bool { return !f.Warning() })
		if address.Complete(c.a) != complete {
			t.Errorf("%s: complete %v", c.about, !complete)
		}
	}
}

// Every official place that is written whole is found, whatever surrounds it.
func TestAnyOfficialPlaceIsFound(t *testing.T) {
	all := address.Counties()
	if len(all) < 3000 {
		t.Fatalf("the table has %d counties", len(all))
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "county")
		detail := rapid.SampledFrom([]string{"人民路12号", "解放大道88号万家花园3幢", "和平里小区5号楼", "工业三路6号A座", "前进村二组"}).Draw(t, "detail")
		gap := rapid.SampledFrom([]string{"", " ", ",", "/"}).Draw(t, "gap")
		place := strings.Join(slices.DeleteFunc([]string{p.Province, p.City, p.District}, func(s string) bool { return s == "" }), gap)
		name := rapid.SampledFrom([]string{"林小满", "周一诺", "欧阳明月", "Anna Li"}).Draw(t, "name")
		text := place + gap + detail + " " + name + " 13800138000"
		if rapid.Bool().Draw(t, "name first") {
			text = name + ",13800138000," + place + gap + detail
		}
		got := address.Parse(text)
		if got.Province != p.Province || got.City != p.City || got.District != p.District || got.Code != p.Code {
			t.Fatalf("%q: %+v, want %+v", text, got, p)
		}
		if got.Town+got.Detail != detail || got.Phone != "13800138000" {
			t.Fatalf("%q: detail %q %q, phone %q", text, got.Town, got.Detail, got.Phone)
		}
		faults := address.Check(address.Address{Name: name, Phone: got.Phone, Province: got.Province, City: got.City, District: got.District, Town: got.Town, Detail: got.Detail})
		if slices.ContainsFunc(faults, func(f address.Fault) bool { return !f.Warning() }) {
			t.Fatalf("%q: %v", text, faults)
		}
	})
}

func FuzzParsingLosesNothing(f *testing.F) {
	for _, s := range []string{"林小满 13800138000 浙江省杭州市西湖区文三路100号", "张三13712345678-1234北京市朝阳区", "0571-88881234转802", "１３８", "\xff浙江"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := address.Parse(text)
		told := p.Name + p.Phone + p.Extension + p.Zip + p.Province + p.City + p.District + p.Town + p.Detail
		// Names of places are completed, so characters may be added, never lost; digits
		// only leave as +86.
		for _, r := range strings.NewReplacer("+86", "", "86", "").Replace(text) {
			if unicode.Is(unicode.Han, r) && !strings.ContainsRune(told, r) && !strings.ContainsRune("收货件人联系姓名字手机号码电话方式所在地区省市详细址邮政编转分", r) && len([]rune(text)) < address.MaxText {
				t.Fatalf("%q lost %q: %+v", text, r, p)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		address.Parse("林小满 13800138000 浙江省杭州市西湖区文三路100号3幢2单元501室")
	}
}

func BenchmarkCheck(b *testing.B) {
	a := address.Address{Name: "林小满", Phone: "13800138000", Province: "浙江省", City: "杭州市", District: "西湖区", Detail: "文三路100号3幢501室"}
	b.ReportAllocs()
	for b.Loop() {
		address.Check(a)
	}
}

func TestThePlacesWithinAPlaceAreListed(t *testing.T) {
	for _, c := range []struct {
		province, city, has string
		n                   int
	}{
		{"", "", "浙江省", 34}, {"浙江省", "", "杭州市", 11}, {"浙江省", "杭州市", "西湖区", 13}, {"浙江省", "别处", "", 0}, {"别处", "", "", 0},
	} {
		got := address.Within(c.province, c.city)
		if len(got) != c.n || c.has != "" && !slices.Contains(got, c.has) {
			t.Errorf("%q %q: %d, %v", c.province, c.city, len(got), got)
		}
	}
	for _, p := range address.Within("", "") {
		if p != "台湾省" && p != "香港特别行政区" && p != "澳门特别行政区" && len(address.Within(p, "")) == 0 {
			t.Errorf("nothing within %s", p)
		}
	}
}
