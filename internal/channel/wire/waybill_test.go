package wire

import (
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"pgregory.net/rapid"
)

func TestAPackageIDFitsEveryPlatformAndStaysTheSame(t *testing.T) {
	for key, want := range map[string]string{"7301": "7301", "parcel_1": "parcel_1", "123456789012345": "123456789012345"} {
		if got := PackageID(key); got != want {
			t.Errorf("%q is %q", key, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		x := PackageID(a)
		for _, r := range x {
			if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r == '_') {
				t.Fatalf("%q has %q", x, r)
			}
		}
		if x == "" || len(x) > 15 || x != PackageID(a) || a != b && x == PackageID(b) {
			t.Fatalf("%q and %q are %q and %q", a, b, x, PackageID(b))
		}
	})
}

func TestRefusalsOfWaybillsAreToldApart(t *testing.T) {
	for text, want := range map[string]*errs.Error{
		"电子面单余额不足": channel.ErrWaybillBalance, "微信视频类型库存不足，请联系网点充值": channel.ErrWaybillBalance,
		"收件地址不可达": channel.ErrUnreachable, "派方超范围": channel.ErrUnreachable,
		"面单已取消": channel.ErrDone, "面单号不存在": channel.ErrNotFound, "订单状态不允许": channel.ErrRefused,
	} {
		if err := WaybillRefusal(channel.Told(channel.ErrRefused, "50002", text)); !errors.Is(err, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := WaybillRefusal(channel.ErrUnknownOutcome); !errors.Is(err, channel.ErrUnknownOutcome) {
		t.Error(err)
	}
}
