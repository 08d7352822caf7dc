// Package taobao is the connector of Taobao and Tmall (淘宝、天猫), whose order
// export comes as two files: orders and their lines.
package taobao

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "taobao", NameZH: "淘宝/天猫", NameEN: "Taobao/Tmall", Color: "#b84700",
	Capabilities: []channel.Capability{
		channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate,
		channel.PullOrders, channel.Push, channel.ShipOrders, channel.ShipLines, channel.ShipNumberless, channel.ChangeWaybills, channel.CloseOrders, channel.Memos,
		channel.AddressChanges, channel.StockPush, channel.PullAftersales, channel.DecideAftersales, channel.Reviews, channel.DecryptReceivers, channel.EWaybills, channel.EWaybillUpdates, channel.EWaybillSharing, channel.MergesOrders,
	},
	Files: files, Words: words, RefundWords: refundWords,
	Refusal: &channel.Refusal{OnlyShipped: true, Proofs: []channel.Proof{{Kind: channel.ProofShipping, Need: channel.ProofOptional}}},
	API: &channel.API{
		BaseURL:     "https://gw.api.taobao.com/router/rest",
		Credentials: credentials, Limits: limits, Open: openClient,
		OAuth: &channel.OAuth{AuthorizeURL: authorizeURL, Exchange: exchange, Refresh: refresh},
	},
}

const (
	second = 1000
	minute = 60 * second
	day    = 24 * 60 * minute

	appKey    = "app_key"
	appSecret = "app_secret"
)

var credentials = []channel.Credential{
	{Name: appKey, NameZH: "App Key", NameEN: "App Key", HelpZH: "淘宝开放平台控制台 → 应用管理 → 应用概览。", HelpEN: "Taobao open platform console → App management → Overview."},
	{Name: appSecret, NameZH: "App Secret", NameEN: "App Secret", Secret: true,
		HelpZH: "淘宝开放平台控制台 → 应用管理 → 应用概览。", HelpEN: "Taobao open platform console → App management → Overview."},
}

// limits: changes may be asked a day at once, half an hour is advised; orders of the
// last three months, up to three months at once, of which a day makes few pages.
var limits = channel.Limits{ModifiedSpan: 30 * minute, CreatedSpan: day, History: 90 * day, Lag: 10 * second, PageSize: 50}
