package choose

import (
	"context"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/quote"
	"github.com/ordercove/ordercove/internal/logistics/reach"
)

// maxPrices bounds an account's price table: every county of China several times over.
const maxPrices = 20_000

// Price is what an account charges to a region: FirstFen up to FirstGram, then StepFen
// for every begun StepGram (首重续重). Empty names are everywhere; the narrowest region
// counts, then the product, then the warehouse.
type Price struct {
	ID          id.ID
	Product     string // "": all of the account's
	WarehouseID id.ID  // 0: from all
	Region      Region
	FirstGram   int64
	FirstFen    money.Fen
	StepGram    int64
	StepFen     money.Fen
	// VolumeDivisor is how many cubic centimetres count as a kilogram (抛重), 0: volume
	// does not count.
	VolumeDivisor int64
}

// Fee is what a parcel costs by this row.
func (p Price) Fee(weightGram, volumeML int64) money.Fen {
	if p.VolumeDivisor > 0 {
		weightGram = max(weightGram, (volumeML*1000+p.VolumeDivisor-1)/p.VolumeDivisor)
	}
	steps := int64(0)
	if over := weightGram - p.FirstGram; over > 0 {
		steps = (over + p.StepGram - 1) / p.StepGram
	}
	return p.FirstFen + money.Fen(steps)*p.StepFen
}

// tails are what people leave out of a division's name. Longer ones come first.
var tails = []string{"维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "自治州", "地区", "省", "市", "盟"}

// short makes spellings of a division comparable: 浙江 is 浙江省. Counties are left as
// they are: a 县 and a 区 of one name are two places.
func short(name string) string {
	name = strings.TrimSpace(name)
	for _, t := range tails {
		if s, ok := strings.CutSuffix(name, t); ok && len([]rune(s)) > 1 {
			return s
		}
	}
	return name
}

// covers tells how narrowly a region names a place: 0 everywhere, 1 province, 2 city, 3
// district; -1 where it is another place.
func (r Region) covers(to Region) int {
	switch {
	case r.Province == "":
		return 0
	case short(r.Province) != short(to.Province):
		return -1
	case r.City == "" && r.District == "":
		return 1
	case r.City != "" && short(r.City) != short(to.City):
		return -1
	case r.District == "":
		return 2
	case strings.TrimSpace(r.District) != strings.TrimSpace(to.District):
		return -1
	}
	return 3
}

// fee finds the row that counts for a parcel and what it makes of it.
func (s *Snapshot) fee(accountID id.ID, product string, f *Facts) (best Price, fee money.Fen, found bool) {
	score := -1
	for _, p := range s.Prices[accountID] {
		narrow := p.Region.covers(f.Region)
		if narrow < 0 || p.Product != "" && p.Product != product || p.WarehouseID != 0 && p.WarehouseID != f.WarehouseID {
			continue
		}
		if n := narrow*4 + flag(p.Product != "")*2 + flag(p.WarehouseID != 0); n > score {
			score, best, found = n, p, true
		}
	}
	if found {
		fee = best.Fee(f.WeightGram, f.VolumeML)
	}
	return best, fee, found
}

// bulky is how many cubic centimetres a gram may fill before a carrier charges the room it
// takes instead of its weight, which is all that it was asked about.
const bulky = 6

// quoted is what the account's carrier itself said that the parcel costs. Of several
// products the parcel's own counts, and none where it is not named.
func (s *Snapshot) quoted(accountID id.ID, product string, f *Facts) (quote.Price, bool) {
	if f.Pieces > 1 || f.VolumeML > bulky*f.WeightGram {
		return quote.Price{}, false
	}
	all := s.Quotes[quote.Key{AccountID: accountID, Area: reach.Area(f.Region), Gram: quote.Gram(f.WeightGram)}]
	for _, one := range all {
		if one.Product == product {
			return one, true
		}
	}
	return quote.Price{}, false
}

// SetPricesInput replaces an account's price table.
type SetPricesInput struct {
	AccountID id.ID   `json:"account_id"`
	Prices    []Price `json:"prices"`
}

// SetPrices replaces an account's price table (运价表). Permission logistics.edit.
//
// Errors: account.ErrNotFound, ErrPrice and ErrPriceTwice naming the row, ErrTooMany.
func (s *Service) SetPrices(ctx context.Context, in SetPricesInput) error {
	if err := actor.Require(ctx, logistics.PermitEdit); err != nil {
		return err
	}
	if len(in.Prices) > maxPrices {
		return ErrTooMany.With("max", maxPrices)
	}
	type place struct {
		product   string
		warehouse id.ID
		Region
	}
	seen := map[place]bool{}
	for i, p := range in.Prices {
		if p.FirstGram <= 0 || p.StepGram <= 0 || p.FirstFen < 0 || p.StepFen < 0 || p.VolumeDivisor < 0 || p.Region.Province == "" && p.Region != (Region{}) {
			return ErrPrice.With("row", i+1).At("prices")
		}
		at := place{p.Product, p.WarehouseID, Region{short(p.Region.Province), short(p.Region.City), strings.TrimSpace(p.Region.District)}}
		if seen[at] {
			return ErrPriceTwice.With("row", i+1).At("prices")
		}
		seen[at] = true
	}
	about := &command.About{Action: "choose.set_prices", Object: "carrier_account/" + in.AccountID.String(), Detail: map[string]any{"rows": len(in.Prices)}}
	_, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int, error) {
		if _, err := s.accounts.GetTx(ctx, tx, in.AccountID); err != nil {
			return 0, err
		}
		m, now := actor.Merchant(ctx), clock.Millis(s.k.Clock)
		if _, err := tx.Exec(ctx, deletePrices, m, in.AccountID); err != nil {
			return 0, err
		}
		rows := make([][]any, len(in.Prices))
		for i, p := range in.Prices {
			rows[i] = []any{m, s.k.IDs.New(), in.AccountID, p.Product, p.WarehouseID, p.Region.Province, p.Region.City, p.Region.District,
				p.FirstGram, p.FirstFen, p.StepGram, p.StepFen, p.VolumeDivisor, now}
		}
		_, err := tx.Insert(ctx, "logistics_price", priceColumns, rows, "")
		return len(rows), err
	})
	return err
}

// Prices returns an account's price table. Permission logistics.read.
func (s *Service) Prices(ctx context.Context, accountID id.ID) ([]Price, error) {
	if err := actor.Require(ctx, logistics.PermitRead); err != nil {
		return nil, err
	}
	all, err := s.prices(ctx, s.k.DB, accountID)
	return all[accountID], err
}

// prices reads the rows of one account, of all for 0.
func (s *Service) prices(ctx context.Context, q db.Querier, accountID id.ID) (map[id.ID][]Price, error) {
	out := map[id.ID][]Price{}
	text, args := selectPrices, []any{actor.Merchant(ctx)}
	if accountID != 0 {
		text, args = selectPricesOf, append(args, accountID)
	}
	err := db.Read(ctx, q, text, args, func(r *db.Row) {
		var p Price
		a := id.ID(r.Int())
		p.ID, p.Product, p.WarehouseID = id.ID(r.Int()), r.Text(), id.ID(r.Int())
		p.Region = Region{r.Text(), r.Text(), r.Text()}
		p.FirstGram, p.FirstFen, p.StepGram, p.StepFen, p.VolumeDivisor = r.Int(), money.Fen(r.Int()), r.Int(), money.Fen(r.Int()), r.Int()
		out[a] = append(out[a], p)
	})
	return out, err
}
