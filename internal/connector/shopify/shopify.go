// Package shopify is the connector of Shopify stores: their order exports, their
// webhooks and the order part of the Admin REST API.
package shopify

import "github.com/ordercove/ordercove/internal/channel"

const (
	second = 1000
	day    = 24 * 60 * 60 * second
)

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "shopify", NameZH: "Shopify", NameEN: "Shopify", Color: "#3f6b1f",
	Capabilities: []channel.Capability{
		channel.OrderFiles, channel.PullOrders, channel.Push, channel.ShipOrders, channel.ShipLines, channel.ShipNumberless, channel.ChangeWaybills, channel.CloseOrders,
		channel.Memos, channel.AddressChanges, channel.StockPush, channel.PullAftersales,
	},
	Files: files, Words: words, RefundWords: refundWords,
	API: &channel.API{CustomURL: true, Credentials: credentials, Limits: limits, Open: openClient},
}

// limits: an app sees 60 days of orders unless it may read all of them, and makes two
// calls a second. Pages follow a cursor.
var limits = channel.Limits{ModifiedSpan: 7 * day, CreatedSpan: 7 * day, History: 60 * day, Lag: 5 * second, PageSize: 250, Cursor: true, PerSecond: 2}

const (
	accessToken  = "access_token"
	clientSecret = "client_secret"
)

var credentials = []channel.Credential{
	{Name: accessToken, NameZH: "Admin API 访问令牌", NameEN: "Admin API access token", HelpZH: "Shopify 后台“设置 → 应用和销售渠道 → 开发应用”中安装自建应用后显示一次，以 shpat_ 开头。接口地址填 https://店铺名.myshopify.com。",
		HelpEN: "Shown once after installing your own app under Settings → Apps and sales channels → Develop apps. It begins with shpat_. The address is https://your-store.myshopify.com.", Secret: true},
	{Name: clientSecret, NameZH: "API 密钥密文", NameEN: "API secret key", HelpZH: "同一应用的 API secret key，用来核对推送；不填则不接收推送。",
		HelpEN: "The same app's API secret key. It proves webhooks; without it none are taken.", Secret: true, Optional: true},
}
