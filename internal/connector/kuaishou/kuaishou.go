// Package kuaishou is the connector of Kuaishou shops (快手小店).
package kuaishou

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "kuaishou", NameZH: "快手", NameEN: "Kuaishou", Color: "#a83a00",
	Capabilities: []channel.Capability{channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate},
	Files:        files, Words: words, RefundWords: refundWords,
}
