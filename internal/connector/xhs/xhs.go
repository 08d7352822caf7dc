// Package xhs is the connector of Xiaohongshu shops (小红书千帆).
package xhs

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector. How the platform signs its messages is not
// published, so orders are asked for; it shows no reviews and closes no orders
// through its API. Where its cipher texts bear their search index is not published
// either, so they are not searched.
var Manifest = channel.Manifest{
	Code: "xhs", NameZH: "小红书", NameEN: "Xiaohongshu", Color: "#c2183b",
	Capabilities: []channel.Capability{
		channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate,
		channel.PullOrders, channel.ShipOrders, channel.ShipLines, channel.ChangeWaybills, channel.Memos, channel.StockPush, channel.PullAftersales,
		channel.DecideAftersales, channel.DecryptReceivers, channel.EWaybills, channel.EWaybillUpdates,
	},
	Files: files, Words: words, RefundWords: refundWords,
	Refusal: &channel.Refusal{},
	API: &channel.API{
		BaseURL: "https://ark.xiaohongshu.com/ark/open_api/v3/common_controller", Credentials: credentials, Limits: limits, Open: openClient,
		OAuth: &channel.OAuth{AuthorizeURL: authorizeURL, Exchange: exchange, Refresh: refresh},
	},
}

const (
	second = 1000
	minute = 60 * second
	day    = 24 * 60 * minute

	appID     = "app_id"
	appSecret = "app_secret"
)

var credentials = []channel.Credential{
	{Name: appID, NameZH: "App ID", NameEN: "App ID", HelpZH: "小红书电商开放平台 → 控制台 → 应用详情。", HelpEN: "Xiaohongshu e-commerce open platform → console → app details."},
	{Name: appSecret, NameZH: "App Secret", NameEN: "App secret", Secret: true, HelpZH: "小红书电商开放平台 → 控制台 → 应用详情。", HelpEN: "Xiaohongshu e-commerce open platform → console → app details."},
}

// limits: windows are half an hour and a day; a second less, as both ends are whole
// seconds. Receivers of ten orders may be opened a day.
var limits = channel.Limits{ModifiedSpan: 30*minute - second, CreatedSpan: day - second, Lag: 10 * second, PageSize: 100, MaxPages: 100, PerSecond: 100, DecryptDaily: 10}
