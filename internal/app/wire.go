package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/aftersale"
	"github.com/ordercove/ordercove/internal/audit"
	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/access"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/channel/seek"
	"github.com/ordercove/ordercove/internal/channel/send"
	"github.com/ordercove/ordercove/internal/connector"
	"github.com/ordercove/ordercove/internal/customer"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	fulfillmentbulk "github.com/ordercove/ordercove/internal/fulfillment/bulk"
	"github.com/ordercove/ordercove/internal/fulfillment/presale"
	"github.com/ordercove/ordercove/internal/fulfillment/routing"
	"github.com/ordercove/ordercove/internal/fulfillment/shipfile"
	"github.com/ordercove/ordercove/internal/fulfillment/waiting"
	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/intake/reship"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/httpx"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/live"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/bulk"
	"github.com/ordercove/ordercove/internal/order/receiver"
	"github.com/ordercove/ordercove/internal/order/reveal"
	"github.com/ordercove/ordercove/internal/order/review"
	"github.com/ordercove/ordercove/internal/setting"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/view"
)

// services are the capabilities, lowest rank first.
type services struct {
	channels    []channel.Manifest
	hub         *live.Hub
	iam         *iam.Service
	audit       *audit.Service
	setting     *setting.Service
	shop        *shop.Service
	catalog     *catalog.Service
	customer    *customer.Service
	inventory   *inventory.Service
	order       *order.Service
	bulk        *bulk.Service
	review      *review.Service
	reveal      *reveal.Service
	fulfillment *fulfillment.Service
	shipFiles   *shipfile.Service
	manyOut     *fulfillmentbulk.Service
	waiting     *waiting.Service
	aftersale   *aftersale.Service
	intake      *intake.Service
	reship      *reship.Service
	importer    *channel.Importer
	access      *access.Service
	sync        *pull.Engine
	send        *send.Service
	sendBack    *channel.SendBack
	view        *view.Service
	shipping
}

// wire builds the capabilities. It touches no table, so that the OpenAPI document
// can be made without a database. private are the addresses of the local network at
// which channels may be reached.
func wire(k *kit.Kit, holder string, private []string, simulator string) (s services, err error) {
	manifests, err := channels(simulator)
	if err != nil {
		return s, err
	}
	s.channels = manifests
	s.hub = live.NewHub()
	s.audit = audit.New(k, holder, nil)
	k.Commands.Record = s.audit.RecordTx
	s.setting = setting.New(k, append(slices.Concat(receiver.Settings(), pull.Settings(), aftersale.Settings(), reship.Settings(), routing.Settings(), presale.Settings()), setting.Def{Name: demoSetting, Kind: setting.Bool, Default: false, ZH: "数据为演示数据", EN: "The data are examples"})...)
	s.shop = shop.New(k, channelCodes())
	s.catalog = catalog.New(k)
	s.customer = customer.New(k)
	s.inventory = inventory.New(k, s.catalog)
	rules := review.NewEngine(k)
	s.order = order.New(k, s.shop, s.catalog, s.customer, s.inventory, order.ReviewBy(rules), order.PlaceBy(allocate.New(k, s.catalog, s.inventory).PlaceTx), order.AskForAddress(asksForAddress(manifests)))
	s.bulk = bulk.New(k, s.order)
	s.review = review.New(k, rules, s.order)
	s.setting.OnSet(receiver.SearchAddress, func(ctx context.Context, tx *db.Tx, on any) error {
		return s.order.AddressIndex().SwitchTx(ctx, tx, on == true)
	})
	s.fulfillment = fulfillment.New(k, s.shop, s.catalog, s.inventory, s.order)
	s.setting.OnSet(presale.LeadHours, presale.New(k, s.fulfillment.RefreshTx).SetTx)
	s.shipFiles = shipfile.New(k, s.order, s.fulfillment)
	s.waiting = waiting.New(k, s.catalog, s.order, s.fulfillment)
	// The way to the channels is built below: after-sale cases ask for it when they need it.
	var sync *pull.Engine
	var back *send.Service
	s.aftersale = aftersale.New(k, s.shop, s.catalog, s.inventory, s.order, s.fulfillment, s.setting, channelsOfCases(manifests, &sync, &back, &s.iam))
	s.intake = intake.New(k, s.order, s.shop, s.catalog)
	s.reship = reship.New(k, s.intake, s.order, s.shop, s.catalog, s.aftersale, s.setting)
	s.importer = channel.NewImporter(k, manifests, s.intake, s.order, s.shop, channel.FileCasesTo(s.aftersale))
	outside, err := httpx.New(httpx.Options{Allow: private})
	if err != nil {
		return s, fmt.Errorf("%w: --allow-private: %w", ErrUsage, err)
	}
	s.access = access.New(k, s.shop, manifests, outside, clock.Random())
	s.shop.BeforeAPI(s.access.Ready)
	s.sync = pull.New(k, s.access, s.shop, s.order, s.intake, s.importer, s.setting, holder, pull.CasesTo(s.aftersale.AbsorbTx))
	sync = s.sync
	s.reveal = reveal.New(k, s.order, opener(s.sync))
	s.sendBack = channel.NewSendBack(k, manifests, s.shop, s.order, s.fulfillment)
	s.view = view.New(k, s.order, view.Seeking(seek.New(k, manifests, s.sync).Tokens))
	if err := wireShipping(k, &s, outside, simulator); err != nil {
		return s, err
	}

	stock := s.inventory
	s.iam, err = iam.New(k, iam.Options{
		Policy: passwordPolicy(s.setting),
		OnMerchantCreated: []func(context.Context, *db.Tx, id.ID) error{
			func(ctx context.Context, tx *db.Tx, _ id.ID) error {
				_, err := stock.EnsureDefaultTx(ctx, tx)
				return err
			},
			k.Jobs.EnsurePeriodicTx,
		},
	})
	if err != nil {
		return s, err
	}
	s.send = send.New(k, manifests, s.sync, s.sync.RefetchTx, s.shop, s.catalog, s.inventory, s.order, s.fulfillment, s.iam.RefundLimit, s.benches.SerialsTx, holder)
	s.review.Teller, s.send.CaseOf, back = s.send.TellTx, caseOf(s.reship), s.send
	k.Runner.Add(s.fulfillment.Takeover())
	k.Jobs.Register(view.ExportJob, job.Handler{Run: s.view.RunExport})
	s.housekeeping(k)
	return s, nil
}

// caseOf names the channel's case that an order was made for.
func caseOf(made *reship.Service) send.CaseOf {
	return func(ctx context.Context, q db.Querier, orderID id.ID) (string, string, error) {
		c, err := made.CaseTx(ctx, q, orderID)
		return c.No, c.OrderNo, err
	}
}

// asksForAddress says which channels change a receiver by their interface when asked.
func asksForAddress(manifests []channel.Manifest) func(code string) bool {
	return func(code string) bool {
		m, ok := channel.Find(manifests, code)
		return ok && m.API != nil && m.Can(channel.AddressChanges)
	}
}

// opener asks an order's channel for what it ciphered of a receiver.
func opener(sync *pull.Engine) reveal.Opener {
	return func(ctx context.Context, o order.Order, fields []reveal.Field, purpose string) ([]string, error) {
		ciphers := make([]channel.Cipher, len(fields))
		for i, f := range fields {
			ciphers[i] = channel.Cipher{OrderNo: o.ChannelOrderNo, Field: f.Name, Text: f.Text}
		}
		plain, err := sync.Decrypt(ctx, o.ShopID, ciphers, purpose)
		if errors.Is(err, channel.ErrUnsupported) {
			err = reveal.ErrNoOpener
		}
		return plain, err
	}
}

// channels are the manifests of this build, spoken to at a simulator where one is named.
func channels(simulator string) ([]channel.Manifest, error) {
	all := connector.All()
	if simulator == "" {
		return all, nil
	}
	u, err := url.Parse(strings.TrimRight(simulator, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%w: --simulator: not an address: %q", ErrUsage, simulator)
	}
	for i, m := range all {
		if m.API == nil {
			continue
		}
		api := *m.API
		api.BaseURL = u.JoinPath(m.Code).String()
		all[i].API = &api
	}
	return all, nil
}

func channelCodes() []string {
	var out []string
	for _, m := range connector.All() {
		out = append(out, m.Code)
	}
	slices.Sort(out)
	return out
}

// passwordPolicy reads a merchant's own rules for passwords.
func passwordPolicy(s *setting.Service) func(context.Context, id.ID) (iam.Policy, error) {
	return func(ctx context.Context, merchant id.ID) (iam.Policy, error) {
		n, err := s.Int(ctx, merchant, setting.PasswordMinLength)
		if err != nil {
			return iam.Policy{}, err
		}
		mix, err := s.Bool(ctx, merchant, setting.PasswordMix)
		return iam.Policy{MinLength: int(n), Mix: mix}, err
	}
}

// housekeeping registers what runs for every merchant again and again.
func (s services) housekeeping(k *kit.Kit) {
	k.Jobs.Periodic("file.sweep", time.Hour, func(ctx context.Context, _ *job.Run) error {
		_, err := k.Files.Sweep(ctx)
		return err
	})
	k.Jobs.Periodic("iam.sweep", 6*time.Hour, func(ctx context.Context, _ *job.Run) error { return s.iam.Sweep(ctx) })
	k.Jobs.Periodic("job.prune", 24*time.Hour, func(ctx context.Context, _ *job.Run) error {
		return k.Jobs.Prune(ctx, clock.Millis(k.Clock)-keptFor.Milliseconds())
	})
	k.Jobs.Periodic("command.prune", 6*time.Hour, func(ctx context.Context, _ *job.Run) error {
		return k.Commands.Prune(ctx, clock.Millis(k.Clock)-keptFor.Milliseconds())
	})
}
