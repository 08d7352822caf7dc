// Package wechat is the connector of WeChat shops (微信小店).
package wechat

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// Manifest declares the connector. The platform lets no seller close an order, and
// its API knows notes but no flags.
var Manifest = channel.Manifest{
	Code: "wechat", NameZH: "微信小店", NameEN: "WeChat shop", Color: "#0a7040",
	Capabilities: []channel.Capability{
		channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate,
		channel.PullOrders, channel.Push, channel.ShipOrders, channel.ShipLines, channel.ShipNumberless, channel.ChangeWaybills, channel.Memos, channel.AddressAnswers,
		channel.AddressChanges, channel.PriceChanges, channel.StockPush, channel.PullAftersales, channel.DecideAftersales, channel.ShipExchanges, channel.DecryptReceivers, channel.EWaybills, channel.PrintNotices,
	},
	Files: files, Words: words, RefundWords: refundWords,
	Refusal: &channel.Refusal{Proofs: []channel.Proof{{Kind: channel.ProofNegotiation, Need: channel.ProofByReason}}},
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
	pushToken = "token"
	pushKey   = "encoding_aes_key"
)

var credentials = []channel.Credential{
	{Name: appID, NameZH: "AppID", NameEN: "AppID", HelpZH: "微信小店后台 → 服务市场 → 自研 → 开发配置。", HelpEN: "WeChat shop back office → Service market → Own development → Settings."},
	{Name: appSecret, NameZH: "AppSecret", NameEN: "AppSecret", Secret: true,
		HelpZH: "同一页面。还要在那里把本机公网 IP 加入白名单。", HelpEN: "On the same page, where this machine's public address has to be listed too."},
	{Name: pushToken, NameZH: "消息推送 Token", NameEN: "Push token", Secret: true, Optional: true,
		HelpZH: "消息推送设置里自己填写的 Token；不接收推送可不填。", HelpEN: "The Token you chose in the push settings; not needed without pushes."},
	{Name: pushKey, NameZH: "消息推送 EncodingAESKey", NameEN: "Push EncodingAESKey", Secret: true, Optional: true,
		HelpZH: "消息推送设置里的 43 位密钥，加密方式选安全模式。", HelpEN: "The 43 characters of the push settings; choose safe mode there."},
}

// limits: orders may be asked seven days at once, cases a day, and both are asked
// alike. 10,000 calls a minute.
var limits = channel.Limits{ModifiedSpan: day, CreatedSpan: 7 * day, Lag: 10 * second, PageSize: 100, Cursor: true, PerSecond: 100, Daily: 500_000}
