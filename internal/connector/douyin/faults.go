package douyin

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

type envelope struct {
	Code    wire.Text       `json:"code"`
	Msg     string          `json:"msg"`
	SubCode string          `json:"sub_code"`
	SubMsg  string          `json:"sub_msg"`
	Data    json.RawMessage `json:"data"`
}

// fault is the refusal in the port's words. The platform's own trouble may have come
// after an effect.
func (e envelope) fault(effect bool) error {
	code, text := e.Code.String(), channel.FirstOf(e.SubMsg, e.Msg)
	if e.SubCode != "" {
		code += "/" + e.SubCode
	}
	sub := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(e.SubCode, w) {
				return true
			}
		}
		return false
	}
	switch e.Code {
	case "":
		return channel.Told(channel.ErrAnswer, "envelope", "an answer without code")
	case "60000":
		return channel.Throttled(second, code)
	case "20000":
		if effect {
			return channel.ErrUnknownOutcome.Because(errors.New(code))
		}
		return channel.Told(channel.ErrUnavailable, code, text)
	case "30001":
		return channel.Told(channel.ErrPermission, code, text)
	case "30002":
		return channel.Told(channel.ErrIPNotListed, code, text)
	case "50001":
		return channel.Told(channel.ErrTokenExpired, code, text)
	}
	switch {
	case sub("signature-invalid"):
		return channel.Told(channel.ErrSignature, code, text)
	case sub("access-token-"):
		return channel.Told(channel.ErrTokenExpired, code, text)
	case sub("timestamp-invalid"):
		return channel.Told(channel.ErrClock, code, text)
	}
	return business(code, text)
}

// business tells the platform's refusals apart by their words: it has no codes for
// what a person would want to know.
func business(code, text string) error {
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("已发货", "重复发货", "已处理", "已同意", "已审核"):
		return channel.Told(channel.ErrDone, code, text)
	case has("订单不存在", "售后单不存在"):
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	}
	return channel.Told(channel.ErrRefused, code, text)
}
