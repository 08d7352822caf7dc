package simulator

import (
	"github.com/ordercove/ordercove/internal/simulator/douyin"
	"github.com/ordercove/ordercove/internal/simulator/jd"
	"github.com/ordercove/ordercove/internal/simulator/kuaishou"
	"github.com/ordercove/ordercove/internal/simulator/openmall"
	"github.com/ordercove/ordercove/internal/simulator/pdd"
	"github.com/ordercove/ordercove/internal/simulator/sandbox"
	"github.com/ordercove/ordercove/internal/simulator/sf"
	"github.com/ordercove/ordercove/internal/simulator/shopify"
	"github.com/ordercove/ordercove/internal/simulator/taobao"
	"github.com/ordercove/ordercove/internal/simulator/wechat"
	"github.com/ordercove/ordercove/internal/simulator/woocommerce"
	"github.com/ordercove/ordercove/internal/simulator/world"
	"github.com/ordercove/ordercove/internal/simulator/wxmall"
	"github.com/ordercove/ordercove/internal/simulator/xhs"
	"github.com/ordercove/ordercove/internal/simulator/zto"
)

// Platforms lists every simulated platform, in the order shops are made.
func Platforms() []world.Platform {
	return []world.Platform{
		sandbox.Platform(),
		taobao.Platform(),
		pdd.Platform(),
		douyin.Platform(),
		wechat.Platform(),
		jd.Platform(),
		kuaishou.Platform(),
		xhs.Platform(),
		openmall.Platform(),
		wxmall.Platform(),
		woocommerce.Platform(),
		shopify.Platform(),
	}
}

// Couriers lists every simulated carrier.
func Couriers() []world.Platform { return []world.Platform{sf.Platform(), zto.Platform()} }
