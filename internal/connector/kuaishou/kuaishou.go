// Package kuaishou is the connector of Kuaishou shops (快手小店).
package kuaishou

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector. Prices are changed in the platform's back office
// only.
var Manifest = channel.Manifest{
	Code: "kuaishou", NameZH: "快手", NameEN: "Kuaishou", Color: "#a83a00",
	Capabilities: []channel.Capability{
		channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate,
		channel.PullOrders, channel.Push, channel.ShipOrders, channel.ShipLines, channel.AppendParcels, channel.ChangeWaybills, channel.CloseOrders, channel.Memos,
		channel.AddressAnswers, channel.StockPush, channel.PullAftersales, channel.DecideAftersales, channel.Reviews, channel.DecryptReceivers, channel.SearchIndexes, channel.EWaybills,
	},
	Files: files, Words: words, RefundWords: refundWords,
	Refusal: &channel.Refusal{Proofs: []channel.Proof{{Kind: channel.ProofPicture, Need: channel.ProofByReason}}},
	API: &channel.API{
		BaseURL: "https://openapi.kwaixiaodian.com", Credentials: credentials, Limits: limits, Open: openClient,
		OAuth: &channel.OAuth{AuthorizeURL: authorizeURL, Exchange: exchange, Refresh: refresh},
	},
}

const (
	second = 1000
	minute = 60 * second
	day    = 24 * 60 * minute

	appKey     = "app_key"
	appSecret  = "app_secret"
	signSecret = "sign_secret"
	messageKey = "message_key"
)

var credentials = []channel.Credential{
	{Name: appKey, NameZH: "AppKey", NameEN: "App key", HelpZH: "快手电商开放平台 → 控制台 → 应用中心 → 应用详情。", HelpEN: "Kuaishou e-commerce open platform → console → apps → app details."},
	{Name: appSecret, NameZH: "AppSecret", NameEN: "App secret", Secret: true, HelpZH: "同一页，仅用于换取授权。", HelpEN: "On the same page; it fetches authorisations only."},
	{Name: signSecret, NameZH: "SignSecret", NameEN: "Sign secret", Secret: true,
		HelpZH: "同一页，用于接口签名，与 AppSecret 不同。", HelpEN: "On the same page; it signs calls and differs from the app secret."},
	{Name: messageKey, NameZH: "消息密钥", NameEN: "Message key", Secret: true, Optional: true,
		HelpZH: "控制台 → 消息订阅 → 消息加解密密钥（Base64）。不填则只按时拉单。", HelpEN: "Console → message subscriptions → encryption key (Base64). Without it orders are only asked for."},
}

// limits: a window ends before 90 days ago.
var limits = channel.Limits{ModifiedSpan: 7 * day, CreatedSpan: 7 * day, History: 90 * day, Lag: 10 * second, PageSize: 50, Cursor: true, PerSecond: 100}
