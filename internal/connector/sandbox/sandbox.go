// Package sandbox is the connector of the sandbox channel (沙箱), whose wire is
// written down in docs/sandbox-channel.md.
package sandbox

import "github.com/ordercove/ordercove/internal/channel"

const (
	second = 1000
	day    = 24 * 60 * 60 * second
)

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "sandbox", NameZH: "沙箱", NameEN: "Sandbox", Color: "#5b4a2f",
	Capabilities: []channel.Capability{
		channel.PullOrders, channel.Push, channel.ShipOrders, channel.ShipLines, channel.ChangeWaybills, channel.CloseOrders, channel.Memos,
		channel.AddressAnswers, channel.PriceChanges, channel.StockPush, channel.PullAftersales, channel.DecideAftersales,
	},
	Refusal: &channel.Refusal{},
	API: &channel.API{
		// `ordercove simulate` listens here; any other address is the merchant's.
		BaseURL: "http://127.0.0.1:9900/sandbox", CustomURL: true,
		Credentials: credentials, Limits: limits, Open: openClient,
	},
}

var limits = channel.Limits{ModifiedSpan: day, CreatedSpan: day, Lag: 5 * second, PageSize: 100, MaxPages: 1000}

var credentials = []channel.Credential{
	{Name: appKey, NameZH: "应用标识", NameEN: "App key", HelpZH: "沙箱服务配置的应用标识。", HelpEN: "The app key the sandbox server was given."},
	{Name: secretKey, NameZH: "密钥", NameEN: "Secret", HelpZH: "沙箱服务配置的签名密钥。", HelpEN: "The signing secret the sandbox server was given.", Secret: true},
}

const (
	appKey    = "app_key"
	secretKey = "secret"
)
