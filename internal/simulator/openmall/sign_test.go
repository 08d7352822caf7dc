package openmall

import (
	"os"
	"strings"
	"testing"
)

func TestTheExamplesOfTheDocumentAreTrue(t *testing.T) {
	b, err := os.ReadFile("../../../docs/openmall.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	says := func(text string) {
		t.Helper()
		if !strings.Contains(doc, text) {
			t.Errorf("docs/openmall.md does not say %s", text)
		}
	}
	const secret = "open-mall-secret-0001"
	memo := `{"key":"c-77","text":"加急🎁 & 包好+谢谢%","flag":1}`
	hint := `{"event_id":"e-1","topic":"order.paid","shop_id":"s1","order_no":"9007199254741993001","aftersale_no":"","at":1794326411000}`
	for _, text := range []string{secret, memo, hint, hash(nil), hash([]byte(memo)), hash([]byte(hint)),
		requestSign(secret, "1794326401000", "GET", "/api/openmall/v1/orders?by=modified&from=1794322800000&to=1794326400000&page=1&page_size=100", nil),
		requestSign(secret, "1794326401001", "PUT", "/api/openmall/v1/orders/9007199254741993001/memo", []byte(memo)),
		hintSign(secret, "1794326411000", []byte(hint))} {
		says(text)
	}
	if requestSign(secret, "1", "GET", "/a", nil) == requestSign(secret, "1", "GET", "/b", nil) {
		t.Error("another path has the same sign")
	}
}
