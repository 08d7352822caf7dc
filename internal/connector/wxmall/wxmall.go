// Package wxmall is the connector of a mall of one's own in a WeChat mini-program
// (小程序商城), paid by WeChat Pay. The platform keeps the money until the shipment of
// a payment is reported; it knows payments, not goods or receivers.
package wxmall

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// Manifest declares the connector. A payment's parcels are told at once: after the
// first full report there is one correction.
var Manifest = channel.Manifest{
	Code: "wxmall", NameZH: "微信小程序商城", NameEN: "WeChat mini-program mall", Color: "#4a6411",
	Capabilities: []channel.Capability{channel.PullOrders, channel.ShipOrders, channel.ShipAtOnce, channel.ShipNumberless, channel.ChangeWaybills},
	API: &channel.API{
		BaseURL: "https://api.weixin.qq.com", Credentials: credentials, Limits: limits, Open: openClient,
		OAuth: &channel.OAuth{Fetch: fetch},
	},
}

const (
	second = 1000
	minute = 60 * second
	day    = 24 * 60 * minute

	appID     = wire.WeixinAppID
	appSecret = wire.WeixinSecret
	mchID     = "mch_id"
)

var credentials = []channel.Credential{
	{Name: appID, NameZH: "小程序 AppID", NameEN: "Mini-program AppID", HelpZH: "微信公众平台 → 开发管理 → 开发设置。", HelpEN: "WeChat official platform → Development → Settings."},
	{Name: appSecret, NameZH: "AppSecret", NameEN: "AppSecret", Secret: true,
		HelpZH: "同一页面。还要在那里把本机公网 IP 加入白名单。", HelpEN: "On the same page, where this machine's public address has to be listed too."},
	{Name: mchID, NameZH: "微信支付商户号", NameEN: "WeChat Pay merchant number", HelpZH: "微信支付商户平台 → 账户中心 → 商户信息。", HelpEN: "WeChat Pay merchant platform → Account → Merchant details."},
}

// limits: payments are listed by the time they were paid, at which our orders begin;
// the platform needs some seconds to know a payment.
var limits = channel.Limits{CreatedSpan: day, Lag: 30 * second, PageSize: 50, Cursor: true, PerSecond: 20}
