package verify_test

import (
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/packing/verify"
)

func TestAStepThatIsNotDueNamesTheOneThatIs(t *testing.T) {
	for _, next := range []verify.Next{verify.NextNone, verify.NextPiece, verify.NextSerial, verify.NextWaybill, verify.NextWeight, verify.NextShip} {
		zh := errs.Message("zh-CN", verify.ErrNotReady.Code, map[string]any{"next": string(next)})
		en := errs.Message("en-US", verify.ErrNotReady.Code, map[string]any{"next": string(next)})
		if strings.Contains(zh, "：）") || strings.HasSuffix(en, ": ") || (next != "" && (strings.Contains(zh, string(next)) || strings.HasSuffix(en, ": "+string(next)))) {
			t.Errorf("%q: %s / %s", next, zh, en)
		}
	}
}
