// Package sf speaks to SF Express (顺丰) through its open platform (丰桥), under the
// merchant's own monthly card.
package sf

import "github.com/ordercove/ordercove/internal/logistics"

// Manifest declares the carrier.
var Manifest = logistics.Manifest{
	Code: "SF", BaseURL: "https://sfapi.sf-express.com/std/service", TestURL: "https://sfapi-sbox.sf-express.com/std/service", CustomURL: true,
	Credentials:  credentials,
	Products:     []logistics.Product{{Code: "2", NameZH: "顺丰标快", NameEN: "Standard"}, {Code: "1", NameZH: "顺丰特快", NameEN: "Priority"}},
	Capabilities: []logistics.Capability{logistics.CanReach, logistics.CanQuote, logistics.CanRoute, logistics.CanLabel, logistics.CanIntercept},
	MaxPieces:    20, AtOnce: 8,
	Open: open,
}

const (
	partnerID   = "partner_id"
	checkword   = "checkword"
	monthlyCard = "monthly_card"
)

var credentials = []logistics.Credential{
	{Name: partnerID, NameZH: "顾客编码", NameEN: "Partner id", HelpZH: "丰桥开放平台“开发者对接”里的顾客编码（partnerID）。", HelpEN: "The partner id (顾客编码) in the developer console of the open platform."},
	{Name: checkword, NameZH: "校验码", NameEN: "Checkword", HelpZH: "与顾客编码成对的校验码，正式与沙箱不同。", HelpEN: "The checkword that goes with the partner id; production and sandbox have different ones.", Secret: true},
	{Name: monthlyCard, NameZH: "月结卡号", NameEN: "Monthly card", HelpZH: "10 位月结卡号，须已授权给该顾客编码。", HelpEN: "The ten-digit monthly account number, authorised for the partner id."},
}
