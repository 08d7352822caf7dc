package address

// former names the counties that were renamed, merged or divided, by the code of
// their city, and what stands in their place for the largest part. People and
// platforms go on writing them for years. Source: the yearly lists of changes of
// divisions at county level and above of the Ministry of Civil Affairs.
var former = map[string]map[string]string{
	"1101": {"崇文区": "东城区", "宣武区": "西城区", "密云县": "密云区", "延庆县": "延庆区"},
	"1201": {"塘沽区": "滨海新区", "汉沽区": "滨海新区", "大港区": "滨海新区", "蓟县": "蓟州区", "静海县": "静海区", "宁河县": "宁河区"},
	"3101": {"卢湾区": "黄浦区", "闸北区": "静安区", "南汇区": "浦东新区", "崇明县": "崇明区"},
	"3201": {"白下区": "秦淮区", "下关区": "鼓楼区", "溧水县": "溧水区", "高淳县": "高淳区"},
	"3205": {"沧浪区": "姑苏区", "平江区": "姑苏区", "金阊区": "姑苏区", "吴江市": "吴江区"},
	"3206": {"港闸区": "崇川区", "海门市": "海门区"},
	"3301": {"下城区": "拱墅区", "江干区": "上城区", "富阳市": "富阳区", "临安市": "临安区"},
	"3302": {"江东区": "鄞州区", "奉化市": "奉化区"},
	"3501": {"长乐市": "长乐区"},
	"3506": {"龙海市": "龙海区", "长泰县": "长泰区"},
	"3701": {"章丘市": "章丘区", "济阳县": "济阳区", "莱城区": "莱芜区"},
	"3702": {"四方区": "市北区", "胶南市": "黄岛区", "即墨市": "即墨区"},
	"4101": {"邙山区": "惠济区"},
	"4103": {"吉利区": "孟津区", "孟津县": "孟津区", "偃师市": "偃师区"},
	"4301": {"望城县": "望城区"},
	"4401": {"萝岗区": "黄埔区", "从化市": "从化区", "增城市": "增城区", "东山区": "越秀区", "芳村区": "荔湾区"},
	"4501": {"武鸣县": "武鸣区", "横县": "横州市"},
	"5001": {"万盛区": "綦江区", "双桥区": "大足区", "江津市": "江津区", "合川市": "合川区", "永川市": "永川区", "南川市": "南川区"},
	"5101": {"双流县": "双流区", "郫县": "郫都区", "新津县": "新津区"},
	"5301": {"呈贡县": "呈贡区", "晋宁县": "晋宁区"},
	"5404": {"米林县": "米林市"},
	"5405": {"错那县": "错那市"},
	"6101": {"长安县": "长安区", "高陵县": "高陵区", "户县": "鄠邑区"},
}

// now is the county that stands where the former one of this name was.
func (d *Division) now(name string) *Division {
	if len(d.Code) != 4 {
		return nil
	}
	next, ok := former[d.Code][name]
	if !ok {
		return nil
	}
	for _, k := range d.kids {
		if k.Name == next {
			return k
		}
	}
	return nil
}
