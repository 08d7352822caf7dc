//go:build !windows

package agent

import (
	"fmt"
	"os"
)

// onlyMine refuses a file that others can read.
func onlyMine(name string) error {
	i, err := os.Stat(name)
	if err == nil && i.Mode().Perm()&0o077 != 0 {
		err = fmt.Errorf("%w: others can read %s; chmod 600 it", ErrConfig, name)
	}
	return err
}
