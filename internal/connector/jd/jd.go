// Package jd is the connector of JD shops (京东).
package jd

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "jd", NameZH: "京东", NameEN: "JD", Color: "#a50f1a",
	Capabilities: []channel.Capability{channel.OrderFiles, channel.ShipByTemplate},
	Files:        files, Words: words, RefundWords: refundWords,
}
