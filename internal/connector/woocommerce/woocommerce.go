// Package woocommerce is the connector of WooCommerce stores.
package woocommerce

import "github.com/ordercove/ordercove/internal/channel"

const (
	second = 1000
	day    = 24 * 60 * 60 * second
)

// Manifest declares the connector. A store ships an order as a whole.
var Manifest = channel.Manifest{
	Code: "woocommerce", NameZH: "WooCommerce", NameEN: "WooCommerce", Color: "#6b3fa0",
	Capabilities: []channel.Capability{
		channel.OrderFiles, channel.PullOrders, channel.Push, channel.ShipOrders, channel.ShipAtOnce, channel.ShipNumberless, channel.ChangeWaybills, channel.CloseOrders,
		channel.Memos, channel.BuyerMessages, channel.AddressChanges, channel.PriceChanges, channel.StockPush, channel.PullAftersales,
	},
	Files: files, Words: words, RefundWords: refundWords,
	API: &channel.API{CustomURL: true, Credentials: credentials, Limits: limits, Open: openClient},
}

// limits: a store documents the page only. Its dates have whole seconds, so that a
// change shows for certain once its second is over. What a store's host bears is not
// written down either; five calls a second are few.
var limits = channel.Limits{ModifiedSpan: 7 * day, CreatedSpan: 7 * day, Lag: 2 * second, PageSize: 100, PerSecond: 5}

const (
	consumerKey    = "consumer_key"
	consumerSecret = "consumer_secret"
	webhookSecret  = "webhook_secret"
)

var credentials = []channel.Credential{
	{Name: consumerKey, NameZH: "用户密钥（Consumer key）", NameEN: "Consumer key", HelpZH: "WooCommerce 后台“设置 → 高级 → REST API”中新建，权限选“读取/写入”，以 ck_ 开头。",
		HelpEN: "Add one under WooCommerce → Settings → Advanced → REST API with permission Read/Write. It begins with ck_."},
	{Name: consumerSecret, NameZH: "密钥密文（Consumer secret）", NameEN: "Consumer secret", HelpZH: "与用户密钥一起生成，只显示一次，以 cs_ 开头。",
		HelpEN: "Shown once beside the consumer key. It begins with cs_.", Secret: true},
	{Name: webhookSecret, NameZH: "Webhook 密钥", NameEN: "Webhook secret", HelpZH: "“设置 → 高级 → Webhooks”中所建 webhook 的密钥；不填则不接收推送。",
		HelpEN: "The secret of the webhook under Settings → Advanced → Webhooks. Without it no pushes are taken.", Secret: true, Optional: true},
}
