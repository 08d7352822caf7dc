// Package douyin is the connector of Douyin shops (抖店).
package douyin

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector. The platform closes no orders and shows no
// reviews through its API.
var Manifest = channel.Manifest{
	Code: "douyin", NameZH: "抖音", NameEN: "Douyin", Color: "#161823",
	Capabilities: []channel.Capability{
		channel.OrderFiles, channel.AftersaleFiles, channel.LedgerFiles, channel.ShipByTemplate,
		channel.PullOrders, channel.Push, channel.ShipOrders, channel.ShipLines, channel.ChangeWaybills, channel.Memos, channel.AddressAnswers,
		channel.PriceChanges, channel.StockPush, channel.PullAftersales, channel.DecideAftersales, channel.ShipExchanges, channel.DecryptReceivers, channel.SearchIndexes,
		channel.EWaybills, channel.EWaybillSharing,
	},
	Files: files, Words: words, RefundWords: refundWords,
	Refusal: &channel.Refusal{BackOffice: true, Proofs: []channel.Proof{{Kind: channel.ProofPicture, Need: channel.ProofByReason}, {Kind: channel.ProofVideo, Need: channel.ProofOptional}}},
	API: &channel.API{
		BaseURL: "https://openapi-fxg.jinritemai.com", Credentials: credentials, Limits: limits, Open: openClient,
		OAuth: &channel.OAuth{AuthorizeURL: authorizeURL, Exchange: exchange, Refresh: refresh, Fetch: fetch},
	},
}

const (
	second = 1000
	minute = 60 * second
	day    = 24 * 60 * minute

	appKey    = "app_key"
	appSecret = "app_secret"
	shopID    = "shop_id"
	serviceID = "service_id"
)

var credentials = []channel.Credential{
	{Name: appKey, NameZH: "App Key", NameEN: "App key", HelpZH: "抖店开放平台控制台 → 应用详情。", HelpEN: "Doudian open platform console → app details."},
	{Name: appSecret, NameZH: "App Secret", NameEN: "App secret", Secret: true, HelpZH: "抖店开放平台控制台 → 应用详情。", HelpEN: "Doudian open platform console → app details."},
	{Name: shopID, NameZH: "店铺 ID", NameEN: "Shop ID", Optional: true,
		HelpZH: "自研应用填写，无需店主点击授权。在抖店后台右上角店铺信息里。", HelpEN: "For an app of your own, which then needs no consent. In the shop's back office, top right."},
	{Name: serviceID, NameZH: "服务 ID", NameEN: "Service ID", Optional: true,
		HelpZH: "服务市场应用填写，用于授权页面。", HelpEN: "For an app from the service market; its consent page needs it."},
}

// limits: orders of the last 90 days; beyond 10,000 orders in a window nothing is
// promised.
var limits = channel.Limits{ModifiedSpan: day, CreatedSpan: day, History: 90 * day, Lag: 10 * second, PageSize: 100, MaxPages: 100, PerSecond: 100}
