// Package openmall is the connector of shops that sell on a site of their own and
// answer the requests of docs/openmall.md.
package openmall

import "github.com/ordercove/ordercove/internal/channel"

const (
	second = 1000
	minute = 60 * second
	day    = 24 * 60 * minute
)

// Manifest declares the connector. A shop that lacks a capability refuses it.
var Manifest = channel.Manifest{
	Code: "openmall", NameZH: "自营商城", NameEN: "Own mall", Color: "#1f5f73",
	Capabilities: []channel.Capability{
		channel.PullOrders, channel.Push, channel.ShipOrders, channel.ShipLines, channel.AppendParcels, channel.ShipNumberless, channel.ChangeWaybills, channel.CloseOrders,
		channel.Memos, channel.AddressAnswers, channel.AddressChanges, channel.PriceChanges, channel.StockPush, channel.PullAftersales,
		channel.DecideAftersales, channel.Reviews, channel.DecryptReceivers,
	},
	Refusal: &channel.Refusal{},
	API:     &channel.API{CustomURL: true, Credentials: credentials, Limits: limits, Open: openClient},
}

// limits are those of section 4. A window holds at most 50,000 orders.
var limits = channel.Limits{ModifiedSpan: 7 * day, CreatedSpan: 7 * day, Lag: 5 * second, PageSize: 100, MaxPages: 500}

const (
	appKey    = "app_key"
	secretKey = "secret"
)

var credentials = []channel.Credential{
	{Name: appKey, NameZH: "应用标识", NameEN: "App key", HelpZH: "商城为 Ordercove 配置的应用标识（app key）。", HelpEN: "The app key the mall has for Ordercove."},
	{Name: secretKey, NameZH: "签名密钥", NameEN: "Secret", HelpZH: "与应用标识一起配置的密钥，至少 16 个字符；双方用它签名。",
		HelpEN: "The secret set beside the app key, at least 16 characters; both sides sign with it.", Secret: true},
}
