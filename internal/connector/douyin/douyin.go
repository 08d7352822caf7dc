// Package douyin is the connector of Douyin shops (抖店).
package douyin

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "douyin", NameZH: "抖音", NameEN: "Douyin", Color: "#161823",
	Capabilities: []channel.Capability{channel.OrderFiles, channel.AftersaleFiles, channel.LedgerFiles, channel.ShipByTemplate},
	Files:        files, Words: words, RefundWords: refundWords,
}
