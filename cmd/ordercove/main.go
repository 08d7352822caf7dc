// Command ordercove is the whole product in one file: the server and the
// operator's commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/ordercove/ordercove/internal/app"
	"github.com/ordercove/ordercove/internal/kit/backup"
)

// version is set by the build.
var version = "dev"

// Exit codes, part of the contract with scripts.
const (
	exitOK       = 0
	exitFailure  = 1
	exitUsage    = 2
	exitFindings = 3 // verify, audit verify and restore found something wrong in the books
	exitBackup   = 4 // the backup is damaged, cut off, newer, or the passphrase or identity does not open it
	exitTarget   = 5 // the place does not fit: not empty, another engine, another master key; or nothing to back up
)

type cli struct {
	Config kong.ConfigFlag `help:"JSON file with the same names as the flags." env:"ORDERCOVE_CONFIG" placeholder:"FILE"`

	Serve     serveCmd     `cmd:"" help:"Run the server."`
	Bootstrap bootstrapCmd `cmd:"" help:"Make a single-use setup token for the first run; prints it."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the database schema up to date, or show its state."`
	Verify    verifyCmd    `cmd:"" help:"Check that the books agree: stock, order sums, audit chain, database file."`
	Audit     auditCmd     `cmd:"" help:"Work with the audit log."`
	Backup    backupCmd    `cmd:"" help:"Write one encrypted file with everything, also while the server runs."`
	Restore   restoreCmd   `cmd:"" help:"Put a backup into an empty place and verify it."`
	Demo      demoCmd      `cmd:"" help:"Fill an empty instance with example data."`
	Agent     agentCmd     `cmd:"" help:"Print from this PC what the server has for it; needs no database. See docs/agent.md."`
	Simulate  simulateCmd  `cmd:"" help:"Answer as the platforms would, for training, demonstrations and tests; needs no database. See docs/simulator.md."`
	OpenAPI   openAPICmd   `cmd:"" name:"openapi" help:"Print the OpenAPI document; needs no database."`
	Docs      docsCmd      `cmd:"" help:"Write the generated lists: errors, permissions, states, events."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
}

type streams struct{ out, err io.Writer }

type serveCmd struct{ app.ServeConfig }

func (c *serveCmd) Run(ctx context.Context, s streams) error {
	c.Version = version
	return app.Serve(ctx, c.ServeConfig, s.out)
}

type bootstrapCmd struct {
	app.Config
	Token string `help:"Use this token, at least 16 characters, instead of a random one."`
}

func (c *bootstrapCmd) Run(ctx context.Context, s streams) error {
	c.Version = version
	return app.Bootstrap(ctx, c.Config, c.Token, s.out)
}

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply what is pending."`
	Status migrateStatusCmd `cmd:"" help:"List every step."`
}

type migrateUpCmd struct{ app.Config }

func (c *migrateUpCmd) Run(ctx context.Context, s streams) error {
	return app.MigrateUp(ctx, c.Config, s.out)
}

type migrateStatusCmd struct {
	app.Config
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *migrateStatusCmd) Run(ctx context.Context, s streams) error {
	return app.MigrateStatus(ctx, c.Config, c.JSON, s.out)
}

type verifyCmd struct {
	app.Config
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *verifyCmd) Run(ctx context.Context, s streams) error {
	return app.Verify(ctx, c.Config, c.JSON, s.out)
}

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check the chain of every merchant's audit log."`
}

type auditVerifyCmd struct {
	app.Config
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *auditVerifyCmd) Run(ctx context.Context, s streams) error {
	return app.AuditVerify(ctx, c.Config, c.JSON, s.out)
}

type backupCmd struct{ app.BackupConfig }

func (c *backupCmd) Run(ctx context.Context, s streams) error {
	c.Version = version
	return app.Backup(ctx, c.BackupConfig, s.out, s.err)
}

type restoreCmd struct{ app.RestoreConfig }

func (c *restoreCmd) Run(ctx context.Context, s streams) error {
	c.Version = version
	return app.Restore(ctx, c.RestoreConfig, s.out, s.err)
}

type demoCmd struct{ app.Config }

func (c *demoCmd) Run(ctx context.Context, s streams) error {
	c.Version = version
	return app.Demo(ctx, c.Config, s.out)
}

type simulateCmd struct{ app.SimulateConfig }

func (c *simulateCmd) Run(ctx context.Context, s streams) error {
	return app.Simulate(ctx, c.SimulateConfig, s.out, s.err)
}

type agentCmd struct {
	Pair  agentPairCmd  `cmd:"" help:"Exchange the one-time code of a print station for this PC's key."`
	Run   agentRunCmd   `cmd:"" help:"Print until ended."`
	Found agentFoundCmd `cmd:"" help:"List the printers and print components that this PC has."`
}

type agentPairCmd struct {
	app.AgentConfig
	Server string `help:"Address of the server." required:"" placeholder:"URL"`
	Code   string `help:"The one-time code that the print station's page shows." required:""`
}

func (c *agentPairCmd) Run(ctx context.Context, s streams) error {
	return app.AgentPair(ctx, c.AgentConfig, c.Server, c.Code, s.out)
}

type agentRunCmd struct{ app.AgentConfig }

func (c *agentRunCmd) Run(ctx context.Context, s streams) error {
	return app.AgentRun(ctx, c.AgentConfig, s.out, s.err)
}

type agentFoundCmd struct{ app.AgentConfig }

func (c *agentFoundCmd) Run(ctx context.Context, s streams) error {
	return app.AgentFound(ctx, c.AgentConfig, s.out, s.err)
}

type openAPICmd struct{}

func (c *openAPICmd) Run(s streams) error { return app.OpenAPI(s.out) }

type docsCmd struct {
	Out string `help:"Directory to write to." default:"docs" type:"path"`
}

func (c *docsCmd) Run() error { return app.Docs(c.Out) }

type versionCmd struct{}

func (c *versionCmd) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, version)
	return err
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errOut io.Writer) int {
	var c cli
	parser, err := kong.New(&c, kong.Name("ordercove"), kong.Writers(out, errOut), kong.Configuration(kong.JSON),
		kong.Description("Ordercove (单湾): orders of all shops in one place.\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 verification found problems, 4 the backup was refused, 5 the place to restore into or to back up from does not fit."),
		kong.UsageOnError(), kong.Exit(func(code int) { panic(exit(code)) }))
	if err != nil {
		fmt.Fprintln(errOut, err)
		return exitFailure
	}
	return parseAndRun(parser, args, out, errOut)
}

// exit carries kong's wish to end (--help, --version) up to run.
type exit int

func parseAndRun(parser *kong.Kong, args []string, out, errOut io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil {
			e, ok := p.(exit)
			if !ok {
				panic(p)
			}
			code = int(e)
		}
	}()
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(errOut, "ordercove:", err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	k.Bind(streams{out, errOut})
	err = k.Run()
	if err == nil {
		return exitOK
	}
	if errors.Is(err, app.ErrFindings) {
		return exitFindings // the report says it all
	}
	fmt.Fprintln(errOut, "ordercove:", err)
	return exitCode(err)
}

func exitCode(err error) int {
	for code, list := range map[int][]error{
		exitUsage:  {app.ErrUsage},
		exitBackup: {backup.ErrDamaged, backup.ErrKey, backup.ErrNewer},
		exitTarget: {backup.ErrTarget, backup.ErrEngine, backup.ErrMasterKey, backup.ErrNoMasterKey, backup.ErrNothing},
	} {
		for _, e := range list {
			if errors.Is(err, e) {
				return code
			}
		}
	}
	return exitFailure
}
