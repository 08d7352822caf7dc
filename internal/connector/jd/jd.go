// Package jd is the connector of JD shops (京东). It speaks the SP-API.
//
// Three things no document we have tells, and are taken from elsewhere: the words of
// orderStatus and the gateway's error numbers are the older API's, and sortBy names
// the fields of the order. Where nothing stands in for what is missing the connector
// does without: cases are decided in the back office, as operateType has no known
// values; receivers stay masked, as the entries of an oaid question have no known form;
// and waybills are not issued, as nothing says that one asked for again is the same.
// docs/connectors.md lists what is known.
package jd

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "jd", NameZH: "京东", NameEN: "JD", Color: "#a50f1a",
	Capabilities: []channel.Capability{
		channel.OrderFiles, channel.ShipByTemplate,
		channel.PullOrders, channel.ShipOrders, channel.ShipLines, channel.ChangeWaybills, channel.Memos, channel.AddressChanges, channel.StockPush, channel.PullAftersales,
	},
	Files: files, Words: words, RefundWords: refundWords,
	Refusal: &channel.Refusal{BackOffice: true},
	API: &channel.API{
		BaseURL: gateway, Credentials: credentials, Limits: limits, Open: openClient,
		OAuth: &channel.OAuth{AuthorizeURL: authorizeURL, Exchange: exchange, Refresh: refresh},
	},
}

const (
	gateway = "https://api-cn.jd.com/rest"
	consent = "https://open-oauth.jd.com"

	second = 1000
	minute = 60 * second
	day    = 24 * 60 * minute

	appKey    = "app_key"
	appSecret = "app_secret"
)

var credentials = []channel.Credential{
	{Name: appKey, NameZH: "AppKey", NameEN: "App key", HelpZH: "京东宙斯开放平台 → 控制台 → 应用管理。", HelpEN: "JD open platform → Console → Applications."},
	{Name: appSecret, NameZH: "AppSecret", NameEN: "App secret", Secret: true, HelpZH: "京东宙斯开放平台 → 控制台 → 应用管理。", HelpEN: "JD open platform → Console → Applications."},
}

// limits: a month may be asked at once, of which a day makes few pages.
var limits = channel.Limits{ModifiedSpan: day, CreatedSpan: day, Lag: 10 * second, PageSize: 100, PerSecond: 10}
