package simulator

import (
	"github.com/ordercove/ordercove/internal/simulator/sandbox"
	"github.com/ordercove/ordercove/internal/simulator/taobao"
	"github.com/ordercove/ordercove/internal/simulator/world"
)

// Platforms lists every simulated platform, in the order shops are made.
func Platforms() []world.Platform {
	return []world.Platform{
		sandbox.Platform(),
		taobao.Platform(),
	}
}
