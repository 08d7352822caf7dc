package wechat

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

const place = "/channels/ec/logistics/ewaybill/biz/"

func TestAWaybillsNumberIsUsedOnce(t *testing.T) {
	c := start(t, "")
	o := c.order(world.Wanted{Paid: true})
	a := c.want(0, place+"account/get", obj{"need_balance": true, "limit": 10, "delivery_id": "ZTO"})["account_list"].([]any)[0].(map[string]any)
	from := a["sender_address"].(map[string]any)
	party := obj{"name": "仓库", "mobile": "13800000002"}
	maps.Copy(party, from)
	in := obj{"ewaybill_order_id": "42", "delivery_id": "ZTO", "ewaybill_acct_id": a["acct_id"], "shop_id": a["shop_id"], "site_code": a["site_info"].(map[string]any)["site_code"], "sender": party,
		"receiver":      obj{"name": "林**", "mobile": "138****0001", "province": "北京市", "city": "北京市", "county": "海淀区", "street": "", "address": "****"},
		"ec_order_list": []obj{{"ec_order_id": json.Number(o.No), "goods_list": []obj{{"good_name": "毛巾", "good_count": 1}}}}}
	first := c.want(0, place+"order/precreate", in)["ewaybill_order_id"]
	if again := c.want(0, place+"order/precreate", in)["ewaybill_order_id"]; again == first {
		t.Error("the same number beforehand")
	}
	changed := func(name string, v any) obj {
		out := maps.Clone(in)
		out[name] = v
		return out
	}
	c.want(10025020, place+"order/create", changed("ewaybill_order_id", "TYC1018504336"))
	c.want(10025012, place+"order/create", changed("delivery_id", "XX"))
	c.want(10025014, place+"order/create", changed("ewaybill_acct_id", "1"))
	c.want(10025013, place+"order/create", changed("site_code", ""))
	c.want(10025017, place+"order/create", changed("ec_order_list", []obj{{"ec_order_id": 1, "goods_list": []obj{{"good_name": "毛巾", "good_count": 1}}}}))
	if v := c.want(10025005, place+"order/create", changed("sender", obj{"name": "a", "mobile": "1", "province": "北京市", "city": "b", "county": "c", "address": "d"})); v["delivery_error_msg"] == nil {
		t.Error(v)
	}
	c.want(10025010, place+"order/get", obj{"ewaybill_order_id": "42"})
	made := c.want(0, place+"order/create", in)
	if made["print_info"] != nil || made["waybill_id"] == "" {
		t.Error(made)
	}
	c.want(10025019, place+"order/create", in)
	c.want(10025106, place+"print/get", obj{"ewaybill_order_id": "42"})
	if v := c.want(0, place+"print/get", obj{"ewaybill_order_id": "42", "template_id": "single"}); v["print_info"] == "" {
		t.Error(v)
	}
	name := obj{"ewaybill_order_id": "42", "delivery_id": "ZTO", "waybill_id": made["waybill_id"]}
	c.want(40097, place+"order/print", name)
	c.want(0, place+"order/print", obj{"ewaybill_order_id": "42", "delivery_id": "ZTO", "waybill_id": made["waybill_id"], "re_print": 0})
	if v := c.want(0, place+"order/get", obj{"ewaybill_order_id": "42"})["order_info"].(map[string]any); v["status"] != json.Number("3") {
		t.Error(v)
	}
	c.want(0, place+"order/cancel", name)
	c.want(10025006, place+"order/cancel", name)
	if v := c.want(0, place+"order/get", obj{"ewaybill_order_id": "42"})["order_info"].(map[string]any); v["status"] != json.Number("2") {
		t.Error(v)
	}
	c.want(10025019, place+"order/create", in)
	if v := c.want(0, place+"order/create", changed("ewaybill_order_id", first)); v["waybill_id"] == made["waybill_id"] {
		t.Error("a cancelled number again")
	}
}
