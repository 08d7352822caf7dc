package jd

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

type envelope struct {
	Success *wire.Text      `json:"success"`
	Data    json.RawMessage `json:"data"`
	Errors  json.RawMessage `json:"errorList"`
	Pages   struct {
		Total wire.Int `json:"totalItems"`
	} `json:"paginationData"`
	// Gateway is how the gateway refuses what does not reach the API.
	Gateway *struct {
		Code wire.Text `json:"code"`
		ZH   wire.Text `json:"zh_desc"`
		EN   wire.Text `json:"en_desc"`
	} `json:"error_response"`
}

type refusal struct {
	Code    wire.Text `json:"code"`
	Message wire.Text `json:"message"`
	Details wire.Text `json:"details"`
}

func (e envelope) speaks() bool { return e.Success != nil || e.Gateway != nil }

// refusal is the first of the errors, which come as a list or alone.
func (e envelope) refusal() refusal {
	if g := e.Gateway; g != nil {
		return refusal{Code: g.Code, Message: wire.Text(channel.FirstOf(g.ZH.String(), g.EN.String()))}
	}
	var list []refusal
	if json.Unmarshal(e.Errors, &list) == nil && len(list) > 0 {
		return list[0]
	}
	var one refusal
	_ = json.Unmarshal(e.Errors, &one)
	return one
}

func has(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// fault is the refusal in the port's words, nil for none.
func (e envelope) fault(effect bool) error {
	switch {
	case e.Gateway == nil && e.Success == nil && effect:
		return channel.ErrUnknownOutcome.Because(errors.New("an answer without success"))
	case e.Gateway == nil && e.Success == nil:
		return channel.Told(channel.ErrAnswer, "envelope", "an answer without success")
	case e.Gateway == nil && *e.Success == "true":
		return nil
	}
	r := e.refusal()
	code, text := r.Code.String(), channel.FirstOf(r.Message.String(), r.Details.String())
	switch code {
	case "2":
		return channel.Throttled(minute, code)
	case "8":
		return channel.Told(channel.ErrClock, code, text)
	case "10", "20":
		return channel.Told(channel.ErrSignature, code, text)
	case "19":
		return channel.Told(channel.ErrTokenExpired, code, text)
	case "22":
		return channel.Told(channel.ErrPermission, code, text)
	case "43":
		if effect {
			return channel.ErrUnknownOutcome.Because(errors.New(code))
		}
		return channel.Told(channel.ErrUnavailable, code, text)
	}
	return business(code, text, effect)
}

// business tells refusals apart by their words: what their numbers mean is not known.
func business(code, text string, effect bool) error {
	switch {
	case has(text, "白名单"):
		return channel.Told(channel.ErrIPNotListed, code, text)
	case has(text, "限流", "频繁", "超过限制次数"):
		return channel.Throttled(minute, code)
	case has(text, "无效签名", "签名错误"):
		return channel.Told(channel.ErrSignature, code, text)
	case has(text, "token") && has(text, "过期", "失效", "无效"):
		return channel.Told(channel.ErrTokenExpired, code, text)
	case has(text, "无权"):
		return channel.Told(channel.ErrPermission, code, text)
	case has(text, "已出库", "重复出库", "已发货"):
		return channel.Told(channel.ErrDone, code, text)
	case has(text, "订单不存在", "售后单不存在", "服务单不存在"):
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	case has(text, "系统异常", "系统错误", "系统繁忙", "服务超时") && effect:
		return channel.ErrUnknownOutcome.Because(errors.New(code))
	case has(text, "系统异常", "系统错误", "系统繁忙", "服务超时"):
		return channel.Told(channel.ErrUnavailable, code, text)
	case code == "" && text == "":
		return channel.Told(channel.ErrAnswer, "envelope", "a refusal without a reason")
	}
	return channel.Told(channel.ErrRefused, code, text)
}
