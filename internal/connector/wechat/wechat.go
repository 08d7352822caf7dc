// Package wechat is the connector of WeChat shops (微信小店).
package wechat

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "wechat", NameZH: "微信小店", NameEN: "WeChat shop", Color: "#0a7040",
	Capabilities: []channel.Capability{channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate},
	Files:        files, Words: words, RefundWords: refundWords,
}
