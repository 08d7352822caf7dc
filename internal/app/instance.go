package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// instanceName is this data directory's lasting name in leases, so that a restart
// takes its own jobs and node number back at once.
func instanceName(data string) (string, error) {
	path := filepath.Join(data, "instance")
	b, err := os.ReadFile(path)
	if name := strings.TrimSpace(string(b)); err == nil && len(name) >= 16 {
		return name, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	name := strings.ToLower(rand.Text())
	return name, os.WriteFile(path, []byte(name+"\n"), 0o600)
}

// lock keeps a second server away from the data directory until the process ends.
func lock(data string) (*os.File, error) {
	return lockAs(data, "lock", "another server uses the data directory")
}

// lockAs takes the lock of that name in the data directory; taken says what it
// means when somebody else holds it.
func lockAs(data, name, taken string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(data, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("%w: %s %s", ErrUsage, taken, data)
	}
	return f, nil
}
