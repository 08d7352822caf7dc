// Package taobao is the connector of Taobao and Tmall (淘宝、天猫), whose order
// export comes as two files: orders and their lines.
package taobao

import "github.com/ordercove/ordercove/internal/channel"

// Manifest declares the connector.
var Manifest = channel.Manifest{
	Code: "taobao", NameZH: "淘宝/天猫", NameEN: "Taobao/Tmall", Color: "#b84700",
	Capabilities: []channel.Capability{channel.OrderFiles, channel.LedgerFiles, channel.ShipByTemplate},
	Files:        files, Words: words, RefundWords: refundWords,
}
