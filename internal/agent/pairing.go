package agent

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// pairing is what the program keeps of its server. Its key opens one queue and nothing else.
type pairing struct {
	Server  string `json:"server"`
	AgentID string `json:"agent_id"`
	Name    string `json:"name"`
	Key     string `json:"key"`
	CA      string `json:"ca,omitempty"`
}

func pairingFile(dir string) string { return filepath.Join(dir, "agent.json") }

// keep writes a pairing so that only its owner reads it, whole or not at all.
func keep(dir string, p pairing) error {
	raw, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return writeWhole(pairingFile(dir), raw)
}

// writeWhole writes a file beside its name, to disk, and then gives it its name.
func writeWhole(name string, raw []byte) error {
	f, err := os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// paired reads the pairing.
//
// Errors: ErrNotPaired, ErrConfig where others can read the key.
func paired(dir string) (p pairing, err error) {
	name := pairingFile(dir)
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return p, ErrNotPaired
	}
	if err != nil {
		return p, err
	}
	if err := onlyMine(name); err != nil {
		return p, err
	}
	if err := json.Unmarshal(raw, &p); err != nil || p.Key == "" || p.Server == "" {
		return p, fmt.Errorf("%w: %s is not readable", ErrNotPaired, name)
	}
	return p, nil
}
