// Package shopify is the connector of Shopify stores.
package shopify

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "shopify", NameZH: "Shopify", NameEN: "Shopify", Color: "#3f6b1f",
	Capabilities: []channel.Capability{channel.OrderFiles},
	Files:        files, Words: words, RefundWords: refundWords,
}
