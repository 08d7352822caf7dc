package pdd

import (
	"errors"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

type fault struct {
	Code    wire.Text `json:"error_code"`
	Msg     string    `json:"error_msg"`
	SubCode wire.Text `json:"sub_code"`
	SubMsg  string    `json:"sub_msg"`
	waybill bool      // of a call about waybills, whose key makes every issue safe to ask again
}

var codes = map[wire.Text]*errs.Error{
	"20004": channel.ErrSignature, "20005": channel.ErrIPNotListed, "20031": channel.ErrPermission, "10019": channel.ErrTokenExpired,
	"52102": channel.ErrUnavailable, "52103": channel.ErrUnavailable, "70033": channel.ErrUnavailable,
	"70032": channel.ErrPermission, "70034": channel.ErrPermission, "70035": channel.ErrPermission,
}

// waits are throttles, in milliseconds: two by the second, and the quota of an app
// that is not released yet.
var waits = map[wire.Text]int64{"52101": 2 * second, "70031": 2 * second, "70036": 10 * minute}

// inside are the platform's own troubles: an effect may have happened.
var inside = map[wire.Text]bool{"50000": true, "50001": true, "50002": true, "52001": true, "52002": true}

func (f fault) err(effect bool) error {
	code, text := f.Code.String(), channel.FirstOf(f.SubMsg, f.Msg)
	if f.SubCode != "" && f.SubCode != "0" {
		code += "/" + f.SubCode.String()
	}
	if wait, ok := waits[f.Code]; ok {
		return channel.Throttled(wait, code)
	}
	if e, ok := codes[f.Code]; ok {
		return channel.Told(e, code, text)
	}
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(strings.ToLower(text), w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("timestamp", "时间戳"):
		return channel.Told(channel.ErrClock, code, text)
	case has("已发货", "已处理", "已同意", "已退款"):
		return channel.Told(channel.ErrDone, code, text)
	case has("订单不存在", "售后单不存在"):
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	case f.waybill && inside[f.Code] && f.SubMsg != "" && f.SubMsg != f.Msg:
		return wire.WaybillRefusal(channel.Told(channel.ErrRefused, code, text)) // a reason is a no
	case inside[f.Code] && effect:
		return channel.ErrUnknownOutcome.Because(errors.New(code))
	case inside[f.Code]:
		return channel.Told(channel.ErrUnavailable, code, text)
	}
	return channel.Told(channel.ErrRefused, code, text)
}

// asked names what was not found.
func asked(err error, no string) error {
	if errors.Is(err, channel.ErrNotFound) {
		return channel.ErrNotFound.With("no", no)
	}
	return err
}
