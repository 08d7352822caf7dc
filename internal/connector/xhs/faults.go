package xhs

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// envelope of the gateway (error_code) and of some methods within it (code).
type envelope struct {
	ErrorCode wire.Text       `json:"error_code"`
	ErrorMsg  string          `json:"error_msg"`
	Code      wire.Text       `json:"code"`
	Msg       string          `json:"msg"`
	Success   *bool           `json:"success"`
	Data      json.RawMessage `json:"data"`
}

func (e envelope) number() wire.Text {
	if e.ErrorCode != "" {
		return e.ErrorCode
	}
	return e.Code
}

func (e envelope) fine() bool {
	return e.number() == "0" && e.Success != nil && *e.Success
}

// noOrder is one of the few numbers that were heard of; the platform publishes
// no table, so that what it says decides about the others.
const noOrder = "-2000101"

// fault is the refusal in the port's words.
func (e envelope) fault(effect bool) error {
	code, text := e.number().String(), channel.FirstOf(e.ErrorMsg, e.Msg)
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
	case code == "" || e.Success == nil:
		return channel.Told(channel.ErrAnswer, "envelope", "an answer without error_code or success")
	case has("限流", "频繁", "flow limit"):
		return channel.Throttled(second, code)
	case has("白名单"):
		return channel.Told(channel.ErrIPNotListed, code, text)
	case has("签名", "验签", "appid 不存在", "appid不存在"):
		return channel.Told(channel.ErrSignature, code, text)
	case has("timestamp", "时间戳"):
		return channel.Told(channel.ErrClock, code, text)
	case has("accesstoken", "refreshtoken", "授权", "code 错误"):
		return channel.Told(channel.ErrTokenExpired, code, text)
	case has("权限"):
		return channel.Told(channel.ErrPermission, code, text)
	case has("系统异常", "系统错误", "系统繁忙", "服务异常") && effect:
		return channel.ErrUnknownOutcome.Because(errors.New(code))
	case has("系统异常", "系统错误", "系统繁忙", "服务异常"):
		return channel.Told(channel.ErrUnavailable, code, text)
	case code == noOrder, has("包裹不存在", "订单不存在", "售后单不存在"):
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	case has("已发货", "重复发货", "已审核", "已处理"):
		return channel.Told(channel.ErrDone, code, text)
	}
	return channel.Told(channel.ErrRefused, code, text)
}
