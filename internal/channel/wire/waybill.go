package wire

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"slices"
	"strings"
)

// packageIDLength is the shortest bound that a channel puts on its parcel ids.
const packageIDLength = 15

var packageIDs = base32.HexEncoding.WithPadding(base32.NoPadding)

// PackageID is a parcel's key as channels take it: at most 15 small letters, digits
// and underscores, since some do not tell capitals apart. A key that fits is itself;
// of another 75 bits of its digest stand for it.
func PackageID(key string) string {
	if key != "" && len(key) <= packageIDLength && strings.Trim(key, "0123456789abcdefghijklmnopqrstuvwxyz_") == "" {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(packageIDs.EncodeToString(sum[:]))[:packageIDLength]
}

// WaybillRefusal tells the refusals of a waybill call apart that platforms have words
// but no codes of their own for: no waybills left, an address nobody delivers to, a
// waybill cancelled before. Other errors stay as they are.
func WaybillRefusal(err error) error {
	e := errs.As(err)
	if !errors.Is(err, channel.ErrRefused) || e == nil {
		return err
	}
	code, text := fmt.Sprint(e.Params["channel_code"]), fmt.Sprint(e.Params["channel_message"])
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(code, w) || strings.Contains(text, w) })
	}
	switch {
	case has("余额不足", "余额为0", "库存不足", "库存余额", "account not enough"):
		return channel.Told(channel.ErrWaybillBalance, code, text)
	case has("不可达", "超出服务范围", "派方超范围", "盲区", "停发", "不派送", "无法提供", "未开通服务"):
		return channel.Told(channel.ErrUnreachable, code, text)
	case has("已取消", "已回收", "重复取消"):
		return channel.Told(channel.ErrDone, code, text)
	case has("面单不存在", "面单号不存在", "运单号不存在"):
		return channel.ErrNotFound.With("no", "", "channel_code", code)
	}
	return err
}

// ReadPrintData fills in what print data of the usual form says beside its cipher:
// the template, and what leads the parcel where it stands in plain. Print data in
// another form is left as it is.
func ReadPrintData(w channel.IssuedWaybill) channel.IssuedWaybill {
	type name struct {
		Name Text `json:"name"`
	}
	var print struct {
		Template Text `json:"templateURL"` // some write templateUrl
		Data     struct {
			Routing struct {
				Code   Text `json:"routeCode"`
				Sorted name `json:"sortation"`
				Bagged name `json:"consolidation"`
			} `json:"routingInfo"`
		} `json:"data"`
	}
	if json.Unmarshal([]byte(w.PrintData), &print) != nil {
		return w
	}
	to := print.Data.Routing
	w.Template, w.SortCode, w.Mark, w.Bag = print.Template.String(), to.Code.String(), to.Sorted.Name.String(), to.Bagged.Name.String()
	return w
}

// Counted is a count that a channel may leave out: -1 then.
func Counted(n Int) int64 {
	if !n.Set {
		return -1
	}
	return n.N
}
