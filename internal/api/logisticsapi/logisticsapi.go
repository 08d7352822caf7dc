// Package logisticsapi is the HTTP face of logistics: the carriers, accounts with them,
// what they charge, which is chosen, and the waybills.
package logisticsapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/address"
)

// Carrier is a carrier by its code and names.
type Carrier struct {
	Code   string `json:"code"`
	NameZH string `json:"name_zh"`
	NameEN string `json:"name_en"`
}

type carriersOutput struct{ Body web.Page[Carrier] }

// Routes registers the operations.
func Routes(api *web.API, s Services) {
	h := &handlers{s}
	h.accounts(api)
	h.choices(api)
	h.waybills(api)
	h.issues(api)
	web.Register(api, web.Op{ID: "listCarriers", Method: "GET", Path: "/carriers", Tag: "fulfillment", Permission: web.SignedIn,
		ZH: "全部快递公司，常用的在前", EN: "All carriers, the usual ones first"}, carriers)
	web.Register(api, web.Op{ID: "listDivisions", Method: "GET", Path: "/divisions", Tag: "fulfillment", Permission: web.SignedIn,
		ZH: "行政区划：省，一省的市，一市的区县", EN: "Names of provinces, of a province's cities, of a city's counties"}, divisions)
}

func divisions(_ context.Context, in *struct {
	Province string `query:"province" maxLength:"30"`
	City     string `query:"city" maxLength:"30"`
}) (*struct{ Body web.Page[string] }, error) {
	return &struct{ Body web.Page[string] }{web.NewPage(address.Within(in.Province, in.City), "")}, nil
}

func carriers(context.Context, *struct{}) (*carriersOutput, error) {
	var out []Carrier
	for _, c := range logistics.Carriers() {
		out = append(out, Carrier{c.Code, c.NameZH, c.NameEN})
	}
	return &carriersOutput{web.NewPage(out, "")}, nil
}
