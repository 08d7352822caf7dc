package jd

import (
	"encoding/json"
	"maps"
	"os"
	"testing"
)

func TestRequestsAreCheckedAsTheVectorsSay(t *testing.T) {
	var v struct {
		SP struct {
			Vectors []struct {
				Name, Body string
				Secret     string `json:"app_secret"`
				System     struct{ AppKey, AccessToken, Timestamp, SignMethod string }
				Query      map[string]string
				Path       map[string]string
				Signed     map[string]string `json:"signed_map_in_order"`
				Sign       string            `json:"X-JOS-Sign"`
			}
		} `json:"sp_api"`
	}
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.SP.Vectors) != 4 {
		t.Fatal("vectors are missing")
	}
	for _, c := range v.SP.Vectors {
		h := map[string]string{"X-JOS-App-Key": c.System.AppKey, "X-JOS-Access-Token": c.System.AccessToken, "X-JOS-Timestamp": c.System.Timestamp}
		if c.System.SignMethod != "" {
			h["X-JOS-Sign-Method"] = c.System.SignMethod
		}
		all := signed(h, c.Query, c.Path, []byte(c.Body))
		if !maps.Equal(all, c.Signed) {
			t.Errorf("%s: %v", c.Name, all)
		}
		if s := signOf(c.Secret, all); s != c.Sign {
			t.Errorf("%s: %s", c.Name, s)
		}
		all["page"] += "9"
		if signOf(c.Secret, all) == c.Sign {
			t.Errorf("%s: another page has the same sign", c.Name)
		}
	}
}
