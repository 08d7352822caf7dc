// Package xhs is the connector of Xiaohongshu shops (小红书千帆).
package xhs

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "xhs", NameZH: "小红书", NameEN: "Xiaohongshu", Color: "#c2183b",
	Capabilities: []channel.Capability{channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate},
	Files:        files, Words: words, RefundWords: refundWords,
}
