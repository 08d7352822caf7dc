package kuaishou

import (
	"encoding/json"
	"os"
	"testing"
)

func TestRequestsAreCheckedAsTheVectorsSay(t *testing.T) {
	var v struct {
		Vectors []struct {
			Name   string
			Secret string `json:"sign_secret"`
			Params map[string]string
			Sign   string
		}
	}
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Vectors) != 4 {
		t.Fatal("vectors are missing")
	}
	for _, c := range v.Vectors {
		get := func(n string) string { return c.Params[n] }
		if s := signOf(c.Secret, get); s != c.Sign {
			t.Errorf("%s: %s", c.Name, s)
		}
		if s := signOf(c.Secret+"x", get); s == c.Sign {
			t.Errorf("%s: another secret has the same sign", c.Name)
		}
	}
	if signOf("s", func(string) string { return "NONE" }) != "" {
		t.Error("an unknown method signs")
	}
}
