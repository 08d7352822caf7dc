//go:build !unix

package sheet

import "time"

var began = time.Now()

// cpuTime is the clock where the system does not tell a process's own time.
func cpuTime() time.Duration { return time.Since(began) }
