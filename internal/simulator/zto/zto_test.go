package zto

import (
	"encoding/json"
	"os"
	"testing"
)

func TestTheDigestIsTheOneOthersCompute(t *testing.T) {
	b, err := os.ReadFile("testdata/sign.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		In  struct{ MsgData, Timestamp, Checkword, Body, AppSecret string }
		Out string
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if got := digest([]byte(v.In.Body), v.In.AppSecret); got != v.Out || got == "" {
		t.Errorf("%s, want %s", got, v.Out)
	}
}
