package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ordercove/ordercove/internal/carrier"
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/printed"
	"github.com/ordercove/ordercove/internal/channel/waybills"
	fulfillmentbulk "github.com/ordercove/ordercove/internal/fulfillment/bulk"
	"github.com/ordercove/ordercove/internal/fulfillment/dropship"
	"github.com/ordercove/ordercove/internal/fulfillment/legs"
	"github.com/ordercove/ordercove/internal/fulfillment/obstacle"
	"github.com/ordercove/ordercove/internal/fulfillment/place"
	"github.com/ordercove/ordercove/internal/fulfillment/routing"
	"github.com/ordercove/ordercove/internal/fulfillment/suggest"
	"github.com/ordercove/ordercove/internal/inventory/location"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/logistics/quote"
	"github.com/ordercove/ordercove/internal/logistics/reach"
	"github.com/ordercove/ordercove/internal/logistics/waybill"
	"github.com/ordercove/ordercove/internal/packing/issue"
	"github.com/ordercove/ordercove/internal/packing/print"
	"github.com/ordercove/ordercove/internal/packing/verify"
	"github.com/ordercove/ordercove/internal/packing/wave"
	"github.com/ordercove/ordercove/internal/purchase"
	"github.com/ordercove/ordercove/internal/shop"
	"github.com/ordercove/ordercove/internal/view/why"
)

// shipping is what parcels are sent with.
type shipping struct {
	accounts  *account.Service
	choices   *choose.Service
	waybills  *waybill.Service
	issue     *issue.Service
	suppliers *purchase.Service
	dropship  *dropship.Service
	legs      *legs.Service
	suggest   *suggest.Service
	routing   *routing.Service
	why       *why.Service
	places    *location.Service
	waves     *wave.Service
	prints    *print.Service
	benches   *verify.Service
	chooser   *place.Service
}

// wireShipping builds it. What a parcel holds is told by a package above the issue
// engine, so the engine is given a function.
func wireShipping(k *kit.Kit, s *services, outside *http.Client, simulator string) error {
	all, err := carriers(simulator)
	if err != nil {
		return err
	}
	s.accounts = account.New(k, all, outside)
	s.choices = choose.New(k, s.accounts, func(ctx context.Context, q db.Querier, shopID id.ID) (string, error) {
		one, err := s.shop.GetTx(ctx, q, shopID)
		if errors.Is(err, shop.ErrNotFound) { // not the actor's to see: its waybills are not his to use
			return "", nil
		}
		return one.Channel, err
	})
	s.choices.Shares = func(code string) bool {
		m, ok := channel.Find(s.channels, code)
		return ok && m.Can(channel.EWaybillSharing)
	}
	var numbers *issue.Service
	s.choices.Reach = reach.New(k, s.accounts, func(ctx context.Context) ([]reach.Area, error) { return numbers.Areas(ctx) })
	s.choices.Quotes = quote.New(k, s.accounts, func(ctx context.Context) ([]quote.Load, error) { return numbers.Loads(ctx) })
	s.waybills = waybill.New(k, s.accounts, waybills.Through(s.sync), func(ctx context.Context, all []waybill.Waybill) ([]waybill.Content, error) {
		return numbers.Resolve(ctx, all)
	})
	s.manyOut = fulfillmentbulk.New(k, s.fulfillment, s.waybills)
	s.chooser = place.New(k, s.fulfillment, s.order, s.shop, s.inventory, s.catalog)
	numbers = issue.New(k, s.fulfillment, s.order, s.catalog, s.choices, s.waybills)
	s.issue = numbers
	s.waybills.Unreached = func(ctx context.Context, tx *db.Tx, accountID id.ID, to logistics.Party, reason string) error {
		at := reach.Key{AccountID: accountID, Area: reach.Area{Province: to.Province, City: to.City, District: to.District}}
		return s.choices.Reach.KeepTx(ctx, tx, at, logistics.Answer{Reason: reason})
	}
	obstacle.New(k, s.order, numbers.ChoicesTx)
	s.legs = legs.New(k, s.order, s.fulfillment)
	s.suppliers = purchase.New(k, s.catalog, clock.Random())
	s.dropship = dropship.New(k, s.fulfillment, s.order, s.catalog, s.suppliers)
	s.routing = routing.New(k, s.catalog, s.order, s.fulfillment, s.setting)
	s.suggest = suggest.New(k, s.fulfillment, s.order, s.shop, grouper(s.channels, s.sync))
	s.why = why.New(k, s.order, s.fulfillment, numbers.Choose)
	s.places = location.New(k, s.catalog, s.inventory)
	s.waves = wave.New(k, s.fulfillment, s.order, s.catalog, s.inventory, s.places, s.waybills, expected(s.issue))
	s.prints = print.New(k, s.fulfillment, s.order, s.catalog, s.shop, s.accounts, s.waybills, s.issue, print.Around{Places: baskets(s.waves), Inside: s.waves.Inside, Params: componentParams(s.access)}, clock.Random())
	printed.New(k, s.sync, s.accounts, s.waybills, s.prints)
	s.benches = verify.New(k, s.catalog, s.inventory, s.order, s.fulfillment, s.waybills, aroundBenches(s))
	return nil
}

// expected tells whoever picks with which carrier the rules would send a parcel.
func expected(numbers *issue.Service) wave.Carriers {
	return func(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]string, error) {
		chosen, err := numbers.ChoicesTx(ctx, q, ids)
		out := make(map[id.ID]string, len(chosen))
		for one, c := range chosen {
			if c.Carrier != "" {
				out[one] = c.Carrier
			}
		}
		return out, err
	}
}

// baskets tells whoever prints in which basket of which wave the goods are.
func baskets(waves *wave.Service) func(context.Context, db.Querier, []id.ID) (map[id.ID]print.Place, error) {
	return func(ctx context.Context, q db.Querier, ids []id.ID) (map[id.ID]print.Place, error) {
		at, err := waves.Where(ctx, q, ids)
		out := make(map[id.ID]print.Place, len(at))
		for one, spot := range at {
			out[one] = print.Place{Wave: spot.Wave, Basket: strconv.FormatInt(spot.Basket, 10)}
		}
		return out, err
	}
}

// carriers are the manifests of this build, spoken to at a simulator where one is named.
func carriers(simulator string) ([]logistics.Manifest, error) {
	all := carrier.All()
	if simulator == "" {
		return all, nil
	}
	u, err := url.Parse(strings.TrimRight(simulator, "/"))
	if err != nil {
		return nil, fmt.Errorf("%w: --simulator: not an address: %q", ErrUsage, simulator)
	}
	for i := range all {
		all[i].BaseURL = u.JoinPath(strings.ToLower(all[i].Code)).String()
	}
	return all, nil
}
