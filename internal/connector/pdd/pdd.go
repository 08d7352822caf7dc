// Package pdd is the connector of Pinduoduo (拼多多).
package pdd

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "pdd", NameZH: "拼多多", NameEN: "Pinduoduo", Color: "#c8102e",
	Capabilities: []channel.Capability{channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate},
	Files:        files, Words: words, RefundWords: refundWords,
	CarrierNames: map[string]string{"YTO": "圆通快递", "SF": "顺丰快递"},
}
