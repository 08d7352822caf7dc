// Package carrier lists every carrier spoken to directly by hand; there is no
// registration.
package carrier

import (
	"github.com/ordercove/ordercove/internal/carrier/sf"
	"github.com/ordercove/ordercove/internal/carrier/zto"
	"github.com/ordercove/ordercove/internal/logistics"
)

// All returns every carrier's manifest, in the order in which screens show them.
func All() []logistics.Manifest { return []logistics.Manifest{sf.Manifest, zto.Manifest} }
