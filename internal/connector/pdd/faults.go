package pdd

import (
	"errors"
	"slices"
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
	waybill bool      // of a call about waybills, which say why in words only
}

var codes = map[wire.Text]*errs.Error{
	"20004": channel.ErrSignature, "20005": channel.ErrIPNotListed, "20031": channel.ErrPermission, "10019": channel.ErrTokenExpired,
	"52102": channel.ErrUnavailable, "52103": channel.ErrUnavailable, "70033": channel.ErrUnavailable,
	"70032": channel.ErrPermission, "70034": channel.ErrPermission, "70035": channel.ErrPermission,
}

// waits are throttles, in milliseconds: two by the second, and the quota of an app
// that is not released yet.
var waits = map[wire.Text]int64{"52101": 2 * second, "70031": 2 * second, "70036": 10 * minute}

// business is what the services behind the gateway answer (业务服务错误), with their
// reason in sub_msg: "时间跨度不能超过24小时" under this code is a no, and nothing has
// happened. Without a reason, or with their own trouble for one, nobody knows.
const business = "50001"

// inside are the platform's own troubles (系统内部错误, 业务系统内部异常, 网关…): an effect
// may have happened.
var inside = map[wire.Text]bool{"50000": true, business: true, "50002": true, "52001": true, "52002": true}

// troubles are words of a service that failed on its own.
var troubles = []string{"系统", "内部", "异常", "超时", "timeout", "time out", "繁忙", "稍后", "重试", "网络", "服务不可用", "未知错误", "降级"}

// reasoned says that the services behind the gateway gave a reason of the order's, not
// of their own.
func (f fault) reasoned(text string) bool {
	if f.Code != business || text == "" || strings.HasPrefix(text, "业务服务错误") {
		return false
	}
	text = strings.ToLower(text)
	return !slices.ContainsFunc(troubles, func(w string) bool { return strings.Contains(text, w) })
}

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
	case f.reasoned(text) && f.waybill:
		return wire.WaybillRefusal(channel.Told(channel.ErrRefused, code, text))
	case f.reasoned(text):
		return channel.Told(channel.ErrRefused, code, text)
	case inside[f.Code] && effect:
		return channel.ErrUnknownOutcome.Because(errors.New(code))
	case inside[f.Code]:
		return channel.Told(channel.ErrUnavailable, code, text)
	}
	return channel.Told(channel.ErrRefused, code, text)
}
