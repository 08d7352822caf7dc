package wechat

import (
	"errors"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

type envelope struct {
	Code wire.Int  `json:"errcode"`
	Msg  wire.Text `json:"errmsg"`
	// Access is there instead of a code where a token was asked for.
	Access string `json:"access_token"`
}

// fault is the refusal in the port's words, nil for none. The platform's own trouble
// may have come after an effect.
func (e envelope) fault(now int64, effect bool) error {
	code, text := strconv.FormatInt(e.Code.N, 10), e.text()
	switch e.Code.N {
	case 0:
		if e.Code.Set || e.Access != "" {
			return nil
		}
		if effect {
			return channel.ErrUnknownOutcome.Because(errors.New("an answer without errcode"))
		}
		return channel.Told(channel.ErrAnswer, "envelope", "an answer without errcode")
	case -1:
		if effect {
			return channel.ErrUnknownOutcome.Because(errors.New("errcode -1"))
		}
		return channel.Told(channel.ErrUnavailable, code, text)
	case 40001, 40014, 41001, 42001:
		return channel.Told(channel.ErrTokenExpired, code, text)
	case 40013, 40125, 41002, 41004:
		return channel.Told(channel.ErrSignature, code, text)
	case 40164:
		return channel.Told(channel.ErrIPNotListed, code, text)
	case 48001, 48004, 50002:
		return channel.Told(channel.ErrPermission, code, text)
	case 45011:
		return channel.Throttled(minute, code)
	case 45009:
		return channel.Throttled(day-(now+8*60*minute)%day, code)
	case 606006:
		return channel.Told(channel.ErrPaging, code, text)
	case 31042:
		return channel.Told(channel.ErrWindow, code, text)
	case 100002:
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	}
	if strings.Contains(text, "已发货") || strings.Contains(text, "重复发货") {
		return channel.Told(channel.ErrDone, code, text)
	}
	return channel.Told(channel.ErrRefused, code, text)
}

// text is the message without the request's number.
func (e envelope) text() string {
	text, _, _ := strings.Cut(e.Msg.String(), " rid:")
	return text
}
