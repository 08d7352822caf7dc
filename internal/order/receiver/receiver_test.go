package receiver_test

import (
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/order/receiver"
)

func TestPhonesAreFoundByTheirDigitsWithoutCountryCodeAndExtension(t *testing.T) {
	for written, want := range map[string]string{
		"13800001234": "13800001234", "+86 138 0000 1234": "13800001234", "13800001234-6021": "13800001234",
		"0571-88001234": "057188001234", "(0571) 88001234": "057188001234", "88001234-802": "88001234", "0571-88001234-802": "057188001234", "+86 138-0000-1234": "13800001234", "138-0000-1234-6021": "13800001234", "8613800001234": "13800001234", "": "", "无": "",
	} {
		if got := receiver.NormalizePhone(written); got != want {
			t.Errorf("%s: %s, want %s", written, got, want)
		}
	}
}

func TestANameIsFoundByEveryPairOfItsCharacters(t *testing.T) {
	for name, want := range map[string][]string{"王小满": {"王小", "小满"}, "王": nil, "": nil, "林林林": {"林林"}, "𠮷田": {"𠮷田"}} {
		if got := receiver.Bigrams(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
