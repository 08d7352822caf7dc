package app

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/cert"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/logx"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// Config is everything an operator can set: by flag, by environment variable or
// in a JSON file of the same names.
type Config struct {
	Data          string   `help:"Directory of this installation: database, master key, certificates." default:"data" env:"ORDERCOVE_DATA" type:"path"`
	DB            string   `name:"db" help:"Database: a postgres:// URL, or a SQLite file. Default: ordercove.db in the data directory." env:"ORDERCOVE_DB"`
	MasterKey     string   `help:"Master key, 32 bytes in base64. Default: master.key in the data directory." env:"ORDERCOVE_MASTER_KEY" placeholder:"BASE64"`
	MasterKeyFile string   `help:"File that holds the master key." env:"ORDERCOVE_MASTER_KEY_FILE" type:"path"`
	FormerKeys    []string `name:"former-master-key" help:"Former master keys that may still be in use." env:"ORDERCOVE_FORMER_MASTER_KEYS" placeholder:"BASE64"`
	AllowPrivate  []string `name:"allow-private" help:"Hosts, addresses or prefixes of the local network that channels may be reached at (a shop server of one's own, the simulator); plain http is allowed there too." env:"ORDERCOVE_ALLOW_PRIVATE" placeholder:"HOST"`
	Simulator     string   `help:"Address of a simulator (ordercove simulate). Every channel is spoken to there and none at its own address: for training and tests, never for real shops." env:"ORDERCOVE_SIMULATOR" placeholder:"URL"`
	LogLevel      string   `help:"debug, info, warn or error." default:"info" enum:"debug,info,warn,error" env:"ORDERCOVE_LOG_LEVEL"`
	LogFormat     string   `help:"text or json." default:"text" enum:"text,json" env:"ORDERCOVE_LOG_FORMAT"`

	Version string       `kong:"-"`
	Clock   clock.Clock  `kong:"-"`
	Log     *slog.Logger `kong:"-"`
}

// ServeConfig is Config and what only the server needs.
type ServeConfig struct {
	Config
	Listen   string   `help:"Address and port. Beyond loopback the server speaks TLS." default:"127.0.0.1:8787" env:"ORDERCOVE_LISTEN"`
	TLSCert  string   `name:"tls-cert" help:"Certificate chain in PEM." env:"ORDERCOVE_TLS_CERT" type:"path"`
	TLSKey   string   `name:"tls-key" help:"The certificate's key in PEM." env:"ORDERCOVE_TLS_KEY" type:"path"`
	TLSHosts []string `name:"tls-host" help:"Further names or addresses for the product's own certificate." env:"ORDERCOVE_TLS_HOSTS"`
	Workers  int      `help:"Jobs that run at once." default:"4" env:"ORDERCOVE_WORKERS"`
}

// ErrUsage marks mistakes in the configuration; the binary exits with 2 for them.
var ErrUsage = errors.New("configuration")

func (c *Config) prepare() error {
	if c.Data == "" {
		c.Data = "data"
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("%w: data directory: %w", ErrUsage, err)
	}
	if c.DB == "" {
		c.DB = filepath.Join(c.Data, "ordercove.db")
	}
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.LogLevel == "" {
		c.LogLevel, c.LogFormat = "info", "text"
	}
	if c.Log == nil {
		l, err := logx.New(os.Stderr, c.LogLevel, c.LogFormat)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUsage, err)
		}
		c.Log = l
	}
	return nil
}

// master finds the master key: given, in a given file, or in the data directory,
// where it is made at the first start.
func (c *Config) master() (*seal.Master, error) {
	var keys [][]byte
	add := func(text string) error {
		k, err := seal.ParseKey(text)
		if err == nil {
			keys = append(keys, k)
		}
		return err
	}
	switch {
	case c.MasterKey != "":
		if err := add(c.MasterKey); err != nil {
			return nil, err
		}
	case c.MasterKeyFile != "":
		b, err := os.ReadFile(c.MasterKeyFile)
		if err != nil {
			return nil, seal.ErrMasterKey.Because(err)
		}
		if err := add(string(b)); err != nil {
			return nil, err
		}
	default:
		path := filepath.Join(c.Data, "master.key")
		k, created, err := seal.LoadOrCreateKey(path)
		if err != nil {
			return nil, err
		}
		if created {
			c.Log.Info("made the master key; keep a copy of it apart from the data, without it nothing personal can be read", "file", path)
		}
		keys = append(keys, k)
	}
	for _, f := range c.FormerKeys {
		if err := add(f); err != nil {
			return nil, err
		}
	}
	return seal.NewMaster(keys...)
}

// loopback reports whether an address is reachable from this machine only.
func loopback(listen string) (bool, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false, fmt.Errorf("%w: listen address: %w", ErrUsage, err)
	}
	if strings.EqualFold(host, "localhost") {
		return true, nil
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback(), nil
}

// tlsConfig is nil where plain HTTP is in order: on loopback, unless a
// certificate was given.
func (c *ServeConfig) tlsConfig() (*tls.Config, error) {
	local, err := loopback(c.Listen)
	if err != nil {
		return nil, err
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return nil, fmt.Errorf("%w: --tls-cert and --tls-key belong together", ErrUsage)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	switch {
	case c.TLSCert != "":
		pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUsage, err)
		}
		conf.Certificates = []tls.Certificate{pair}
	case local:
		return nil, nil
	default:
		own, err := cert.Load(filepath.Join(c.Data, "tls"), cert.LocalHosts(c.TLSHosts...), c.Clock.Now())
		if err != nil {
			return nil, err
		}
		conf.Certificates = []tls.Certificate{own.Certificate}
		c.Log.Info("serving with the installation's own certificate; install its authority on every computer that connects, after comparing the fingerprint",
			"authority", own.CAFile, "sha256", own.Fingerprint)
	}
	return conf, nil
}
