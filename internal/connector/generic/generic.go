// Package generic is the connector of shops on any other channel: tables whose
// columns a person maps once.
package generic

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "generic", NameZH: "其他渠道（自定义表格）", NameEN: "Other channel (mapped table)", Color: "#1456f0",
	Capabilities: []channel.Capability{channel.OrderFiles, channel.MappedFiles, channel.ShipByTemplate},
	Files:        files, Words: words, RefundWords: refundWords,
}
