package backup

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"filippo.io/age"
)

// MinPassphrase is the shortest passphrase a backup is written with, in bytes.
const MinPassphrase = 12

// workFactor makes one guess at a passphrase cost about a second and 256 MiB.
const workFactor = 18

func passphrase(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// Recipients reads who shall be able to open a backup: the passphrase in a file,
// or age public keys.
func Recipients(passphraseFile string, keys []string) ([]age.Recipient, error) {
	if (passphraseFile == "") == (len(keys) == 0) {
		return nil, errors.New("give either a passphrase file or recipients")
	}
	if passphraseFile == "" {
		return age.ParseRecipients(strings.NewReader(strings.Join(keys, "\n")))
	}
	p, err := passphrase(passphraseFile)
	if err != nil {
		return nil, err
	}
	if len(p) < MinPassphrase {
		return nil, fmt.Errorf("the passphrase has %d bytes, at least %d are needed", len(p), MinPassphrase)
	}
	r, err := age.NewScryptRecipient(p)
	if err != nil {
		return nil, err
	}
	r.SetWorkFactor(workFactor)
	return []age.Recipient{r}, nil
}

// Identities reads what opens a backup: the passphrase in a file, or a file of age
// identities.
func Identities(passphraseFile, identityFile string) ([]age.Identity, error) {
	if (passphraseFile == "") == (identityFile == "") {
		return nil, errors.New("give either a passphrase file or an identity file")
	}
	if passphraseFile == "" {
		f, err := os.Open(identityFile)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return age.ParseIdentities(f)
	}
	p, err := passphrase(passphraseFile)
	if err != nil {
		return nil, err
	}
	i, err := age.NewScryptIdentity(p)
	if err != nil {
		return nil, err
	}
	return []age.Identity{i}, nil
}
