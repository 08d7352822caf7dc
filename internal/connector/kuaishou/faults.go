package kuaishou

import (
	"errors"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

type envelope struct {
	Result   wire.Text `json:"result"`
	Error    string    `json:"error"`
	ErrorMsg string    `json:"error_msg"`
	SubMsg   string    `json:"sub_msg"`
	Msg      string    `json:"msg"`
}

// fault is the refusal in the port's words. The platform gives numbers to few of
// them, so that what it says decides about the rest.
func (e envelope) fault(effect bool, now int64) error {
	code, text := e.Result.String(), channel.FirstOf(e.ErrorMsg, e.SubMsg, e.Msg, e.Error)
	lower := strings.ToLower(text)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(lower, w) {
				return true
			}
		}
		return false
	}
	switch {
	case code == "":
		return channel.Told(channel.ErrAnswer, "envelope", "an answer without result")
	case has("exceed quota limit"):
		return channel.Throttled(untilTomorrow(now), code)
	case has("exceed qps limit", "限流", "请求过于频繁"):
		return channel.Throttled(second, code)
	case has("白名单"):
		return channel.Told(channel.ErrIPNotListed, code, text)
	case has("签名", "验签", "invalid sign"), code == "100200101":
		return channel.Told(channel.ErrSignature, code, text)
	case has("timestamp", "时间戳"):
		return channel.Told(channel.ErrClock, code, text)
	case has("scope"), code == "100200106":
		return channel.Told(channel.ErrPermission, code, text)
	case ended[code], has("token过期", "无效token", "鉴权失败", "authorization_"):
		return channel.Told(channel.ErrTokenExpired, code, text)
	case has("cursor"):
		return channel.Told(channel.ErrPaging, code, text)
	case code == "100200500" && effect:
		return channel.ErrUnknownOutcome.Because(errors.New(code))
	case code == "100200500":
		return channel.Told(channel.ErrUnavailable, code, text)
	case code == "21", code == "300011":
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	case code == "300010", code == "300018", has("已发货", "重复发货"):
		return channel.Told(channel.ErrDone, code, text)
	}
	return channel.Told(channel.ErrRefused, code, text)
}

// ended are the numbers of authorisations that ended, were taken back or never were.
var ended = map[string]bool{"24": true, "100200102": true, "100200105": true, "100200108": true, "100200109": true, "100200110": true, "100200111": true, "100200113": true}

// untilTomorrow: quotas of calls are those of a day of China time.
func untilTomorrow(now int64) int64 {
	t := time.UnixMilli(now).In(wire.China)
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, wire.China).UnixMilli() - now
}
