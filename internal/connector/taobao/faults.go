package taobao

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

type fault struct {
	Code    wire.Text `json:"code"`
	Msg     string    `json:"msg"`
	SubCode string    `json:"sub_code"`
	SubMsg  string    `json:"sub_msg"`
}

var ban = regexp.MustCompile(`ban will last for (\d{1,6}) more second`)

// err is the refusal in the port's words. Sub-codes that begin with isp are the
// platform's own trouble: a change may have happened, a question is asked again.
func (f fault) err(k kind, now int64) error {
	code, text := f.Code.String(), channel.FirstOf(f.SubMsg, f.Msg)
	if f.SubCode != "" {
		code += "/" + f.SubCode
	}
	switch f.Code {
	case "7":
		return f.throttled(code, now)
	case "25", "28", "29":
		return channel.Told(channel.ErrSignature, code, text)
	case "26", "27":
		return channel.Told(channel.ErrTokenExpired, code, text)
	case "30", "31":
		return channel.Told(channel.ErrClock, code, text)
	case "11", "12":
		if strings.Contains(f.SubCode, "ip") && strings.Contains(f.SubCode, "white") {
			return channel.Told(channel.ErrIPNotListed, code, text)
		}
		return channel.Told(channel.ErrPermission, code, text)
	case "10":
		return channel.Told(channel.ErrUnavailable, code, text)
	}
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(f.SubCode, w) || strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case strings.HasPrefix(f.SubCode, "isp.") && k.effect:
		return channel.ErrUnknownOutcome.Because(errors.New(code))
	case strings.HasPrefix(f.SubCode, "isp."):
		return channel.Told(channel.ErrUnavailable, code, text)
	case has("CLOSE_TRADE_TOO_FAST"):
		return channel.Throttled(10*second, code)
	case has("not-exist", "not-found", "NOT_EXIST", "NOT_FOUND"):
		return channel.ErrNotFound.With("no", "").With("channel_code", code)
	case has("重复发货", "已发货", "已经发货", "已关闭", "已处理", "已经处理", "ALREADY"):
		return channel.Told(channel.ErrDone, code, text)
	}
	return channel.Told(channel.ErrRefused, code, text)
}

// throttled: a ban says its length, which ends a second later; an app's daily
// allowance returns at midnight in China.
func (f fault) throttled(code string, now int64) error {
	if m := ban.FindStringSubmatch(f.SubMsg + " " + f.Msg); m != nil {
		n, _ := strconv.ParseInt(m[1], 10, 64)
		return channel.Throttled((n+1)*second, code)
	}
	if f.SubCode == "accesscontrol.limited-by-app-access-count" {
		here := time.UnixMilli(now).In(wire.China)
		midnight := time.Date(here.Year(), here.Month(), here.Day()+1, 0, 0, 0, 0, wire.China)
		return channel.Throttled(midnight.UnixMilli()-now, code)
	}
	return channel.Throttled(5*second, code)
}
