// Package connector lists every channel by hand; there is no registration.
package connector

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/connector/douyin"
	"github.com/ordercove/ordercove/internal/connector/generic"
	"github.com/ordercove/ordercove/internal/connector/jd"
	"github.com/ordercove/ordercove/internal/connector/kuaishou"
	"github.com/ordercove/ordercove/internal/connector/openmall"
	"github.com/ordercove/ordercove/internal/connector/pdd"
	"github.com/ordercove/ordercove/internal/connector/sandbox"
	"github.com/ordercove/ordercove/internal/connector/shopify"
	"github.com/ordercove/ordercove/internal/connector/taobao"
	"github.com/ordercove/ordercove/internal/connector/wechat"
	"github.com/ordercove/ordercove/internal/connector/woocommerce"
	"github.com/ordercove/ordercove/internal/connector/wxmall"
	"github.com/ordercove/ordercove/internal/connector/xhs"
)

// All returns every connector's manifest, in the order in which screens show them.
func All() []channel.Manifest {
	return []channel.Manifest{
		taobao.Manifest, pdd.Manifest, douyin.Manifest, wechat.Manifest, jd.Manifest, kuaishou.Manifest,
		xhs.Manifest, shopify.Manifest, woocommerce.Manifest, wxmall.Manifest, openmall.Manifest, generic.Manifest, sandbox.Manifest,
	}
}
