package wire

import "testing"

func TestACipherTextIsTakenApartOnlyWhereItCanBeSearched(t *testing.T) {
	for text, want := range map[string][2]string{
		"$aXg=$Y2lwaGVy$1$$": {"aXg=", "Y2lwaGVy"}, "$a$b&c$12$$": {"a", "b&c"},
		"$138$Y2lwaGVy$1$": {}, "$Y2lwaGVy$1$": {}, "$$aXg_Y2lwaGVy$1$$": {}, "$aXg$$1$$": {}, "$a$b$c$1$$": {}, "~a~b~1~~": {},
		"13800000001": {}, "$$$": {}, "$": {}, "": {}, "138****0001": {},
	} {
		first, second, ok := Searchable(text, '$')
		if got := [2]string{first, second}; got != want || ok != (want[0] != "") {
			t.Errorf("%s: %q %v", text, got, ok)
		}
	}
}
