package word_test

import (
	"strings"
	"testing"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/dropship"
	"github.com/ordercove/ordercove/internal/fulfillment/word"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// A refusal is read by people: no code of ours stands in its text.
func TestARefusalNamesNoCode(t *testing.T) {
	for _, c := range []struct {
		err   *errs.Error
		param string
		codes []string
	}{
		{fulfillment.ErrNoMerge, "reason", []string{word.ReceiverUnknown, word.OtherReceiver, word.OtherShop, word.OtherWarehouse, word.OtherCarrier, word.OtherPresale, word.PartlyShipped, word.NotMerged, word.Changed}},
		{fulfillment.ErrNotOpen, "state", []string{string(fulfillment.StateShipped), string(fulfillment.StateCancelled), string(fulfillment.StateReplaced), word.Changed}},
		{dropship.ErrNotSent, "state", []string{string(dropship.Ready), string(dropship.Sent), string(dropship.Accepted), string(dropship.Refused), string(dropship.Shipped), string(dropship.Withdrawn), word.Changed}},
	} {
		for _, code := range c.codes {
			zh := errs.Message("zh-CN", c.err.Code, map[string]any{c.param: code})
			en := errs.Message("en-US", c.err.Code, map[string]any{c.param: code})
			if strings.ContainsAny(zh, "_{") || strings.ContainsAny(en, "_{") || strings.Contains(zh, code) {
				t.Errorf("%s with %s reads %q and %q", c.err.Code, code, zh, en)
			}
		}
	}
}
