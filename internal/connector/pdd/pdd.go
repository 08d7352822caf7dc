// Package pdd is the connector of Pinduoduo (拼多多).
package pdd

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector. The platform shows no unpaid orders and lets
// nobody close or refuse through its API.
var Manifest = channel.Manifest{
	Code: "pdd", NameZH: "拼多多", NameEN: "Pinduoduo", Color: "#c8102e",
	Capabilities: []channel.Capability{
		channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate,
		channel.PullOrders, channel.Push, channel.ShipOrders, channel.AppendParcels, channel.ChangeWaybills, channel.Memos, channel.AddressChanges,
		channel.StockPush, channel.PullAftersales, channel.DecideAftersales, channel.ShipExchanges, channel.DecryptReceivers, channel.SearchIndexes,
		channel.EWaybills, channel.EWaybillUpdates, channel.EWaybillSharing,
	},
	Files: files, Words: words, RefundWords: refundWords,
	CarrierNames: map[string]string{"YTO": "圆通快递", "SF": "顺丰快递"},
	Refusal:      &channel.Refusal{BackOffice: true},
	API: &channel.API{
		BaseURL: gateway, Credentials: credentials, Limits: limits, Open: openClient,
		OAuth: &channel.OAuth{AuthorizeURL: authorizeURL, Exchange: exchange, Refresh: refresh},
	},
}

const (
	second = 1000
	minute = 60 * second
	day    = 24 * 60 * minute

	gateway  = "https://gw-api.pinduoduo.com/api/router"
	messages = "wss://message-api.pinduoduo.com/message/"

	clientID     = "client_id"
	clientSecret = "client_secret"
)

var credentials = []channel.Credential{
	{Name: clientID, NameZH: "client_id", NameEN: "client_id", HelpZH: "拼多多开放平台控制台 → 应用详情。", HelpEN: "Pinduoduo open platform console → app details."},
	{Name: clientSecret, NameZH: "client_secret", NameEN: "client_secret", Secret: true,
		HelpZH: "拼多多开放平台控制台 → 应用详情。", HelpEN: "Pinduoduo open platform console → app details."},
}

// limits: outside the platform's own cloud a hundred receivers may be opened a day.
var limits = channel.Limits{ModifiedSpan: 30 * minute, CreatedSpan: day, Lag: minute, PageSize: 100, DecryptDaily: 100}
