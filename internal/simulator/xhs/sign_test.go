package xhs

import (
	"encoding/json"
	"os"
	"testing"
)

func TestRequestsAreCheckedAsTheVectorsSay(t *testing.T) {
	var v struct {
		Vectors []struct{ AppID, AppSecret, Method, Timestamp, Version, Sign string }
	}
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Vectors) != 3 {
		t.Fatal("vectors are missing")
	}
	for _, c := range v.Vectors {
		if s := signOf(c.AppSecret, c.Method, c.AppID, c.Timestamp, c.Version); s != c.Sign {
			t.Errorf("%s: %s", c.Method, s)
		}
		if s := signOf(c.AppSecret, c.Method, c.AppID, c.Timestamp+"0", c.Version); s == c.Sign {
			t.Errorf("%s: another time has the same sign", c.Method)
		}
	}
}
