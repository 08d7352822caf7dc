package wechat

import (
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
)

// refused words the shop's own refusals.
func refused(n int64, text, detail string) error {
	code := strconv.FormatInt(n, 10)
	switch n {
	case 606006:
		return channel.Told(channel.ErrPaging, code, text)
	case 31042:
		return channel.Told(channel.ErrWindow, code, text)
	case 100002:
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	}
	if n/1000 == 10025 {
		return waybillRefused(n, text, detail)
	}
	if strings.Contains(text, "已发货") || strings.Contains(text, "重复发货") {
		return channel.Told(channel.ErrDone, code, text)
	}
	return nil
}
