package choose_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/ordercove/ordercove/internal/logistics/choose"
)

// A reason that one of the places has no words for would be shown as its code.
func TestEveryReasonHasItsWords(t *testing.T) {
	source, err := os.ReadFile("choose.go")
	if err != nil {
		t.Fatal(err)
	}
	all := regexp.MustCompile(`(?m)^\t\w+ +(?:Reason )?= "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(all) < 16 {
		t.Fatalf("found only %v", all)
	}
	for _, lang := range []string{"zh-CN", "en-US"} {
		for _, m := range all {
			if choose.Reason(m[1]).Text(lang) == "" {
				t.Errorf("%s has no words in %s", m[1], lang)
			}
		}
		for _, page := range []string{"print", "carriers"} {
			b, err := os.ReadFile("../../../web/src/locales/" + lang + "/" + page + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var texts struct {
				Why map[string]string `json:"why"`
			}
			if err := json.Unmarshal(b, &texts); err != nil {
				t.Fatal(err)
			}
			for _, m := range all {
				if texts.Why[m[1]] == "" {
					t.Errorf("%s has no words in %s of %s", m[1], page, lang)
				}
			}
		}
	}
}
