package app

import (
	"encoding/json"
	"testing"
)

// TestAnInstanceCanBeProvedFromOutside keeps the reads that scripts and auditors
// compare with what they did: nothing of it may be reachable by SQL only.
func TestAnInstanceCanBeProvedFromOutside(t *testing.T) {
	api, err := paper()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := api.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	type property struct {
		Ref   string `json:"$ref"`
		Items struct {
			Ref string `json:"$ref"`
		} `json:"items"`
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name string `json:"name"`
			} `json:"parameters"`
			Responses map[string]struct {
				Content map[string]struct {
					Schema property `json:"schema"`
				} `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Properties map[string]property `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	schema := func(ref string) map[string]property {
		const prefix = "#/components/schemas/"
		if len(ref) < len(prefix) {
			return nil
		}
		return doc.Components.Schemas[ref[len(prefix):]].Properties
	}
	for path, want := range map[string]struct{ params, fields []string }{
		"/orders":             {[]string{"shop_id", "numbers", "tab", "cursor"}, []string{"id", "shop_id", "channel_order_no"}},
		"/orders/{id}/events": {[]string{"cursor"}, []string{"id", "at", "name", "actor_kind", "body"}},
		"/stock":              {[]string{"sku_id", "warehouse_id", "cursor"}, []string{"on_hand", "reserved", "available"}},
		"/stock/movements":    {[]string{"sku_id", "warehouse_id", "order_id", "cursor"}, []string{"kind", "change", "reserved_change", "after"}},
		"/reservations":       {[]string{"sku_id", "order_id", "cursor"}, []string{"order_id", "sku_id", "quantity"}},
		"/inbox":              {[]string{"state", "cursor"}, []string{"state", "error_code", "attempts", "channel_order_no"}},
		"/audit":              {[]string{"cursor"}, []string{"seq", "prev_hash", "hash", "at_ms"}},
		"/outbox":             {nil, []string{"last_seq", "unnumbered", "consumers", "jobs"}},
		"/permissions":        {[]string{"cursor"}, []string{"permission", "roles"}},
		"/roles":              {[]string{"cursor"}, []string{"id", "code"}},
		"/shops":              {[]string{"cursor"}, []string{"id", "name"}},
	} {
		get, ok := doc.Paths[path]["get"]
		if !ok {
			t.Errorf("GET %s is gone", path)
			continue
		}
		params := map[string]bool{}
		for _, p := range get.Parameters {
			params[p.Name] = true
		}
		for _, p := range want.params {
			if !params[p] {
				t.Errorf("GET %s cannot be asked by %s", path, p)
			}
		}
		body := schema(get.Responses["200"].Content["application/json"].Schema.Ref)
		if list := schema(body["items"].Items.Ref); list != nil {
			body = list
		}
		for _, f := range want.fields {
			if _, ok := body[f]; !ok {
				t.Errorf("GET %s does not tell %s", path, f)
			}
		}
	}
}
