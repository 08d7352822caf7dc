package why

import (
	"fmt"
	"slices"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/choose"
	"github.com/ordercove/ordercove/internal/order"
)

// warehouse tells why a parcel leaves from where it does, by the trace of its allocation.
func (a *account) warehouse(p *fulfillment.FulfillmentOrder) {
	c := Choice{What: "warehouse", Chosen: a.facts.warehouses[p.WarehouseID], FulfillmentOrderID: p.ID, MadeAt: web.Time(p.CreatedAt),
		Because: []string{}, Alternatives: []Alternative{}}
	t := a.facts.trace
	at := -1
	if t != nil {
		at = slices.IndexFunc(t.Candidates, func(x allocate.Candidate) bool { return x.WarehouseID == p.WarehouseID && x.Reason == allocate.Chosen })
	}
	if at < 0 {
		c.Because = append(c.Because, pick(a.lang, "人工指定，或店铺的默认仓库", "Chosen by a person, or the shop's own warehouse"))
		a.out.Chosen = append(a.out.Chosen, c)
		return
	}
	c.MadeAt = web.Time(a.facts.tracedAt)
	if t.Rule == "" {
		c.Because = append(c.Because, pick(a.lang, "没有分仓规则命中，按仓库顺序", "No allocation rule fits: warehouses in their order"))
	} else {
		c.Because = append(c.Because, fmt.Sprintf(pick(a.lang, "命中分仓规则“%s”", "The allocation rule “%s” fits"), t.Rule))
	}
	c.Because = append(c.Because, a.word(strategies, t.Strategy), fmt.Sprintf(pick(a.lang, "该仓可发 %d / %d 件", "It has %d of %d pieces"), t.Candidates[at].Has, t.Wanted))
	if t.Candidates[at].Has < t.Wanted {
		c.Because = append(c.Because, a.word(shortages, t.Shortage))
	}
	c.FeeFen = freight(t, t.Candidates[at])
	for i, x := range t.Candidates {
		if i == at {
			continue
		}
		why := a.word(candidates, x.Reason)
		if x.Reason == allocate.Short {
			why = fmt.Sprintf(pick(a.lang, "库存不够：可发 %d / %d 件", "Too little stock: %d of %d pieces"), x.Has, t.Wanted)
		}
		c.Alternatives = append(c.Alternatives, Alternative{x.Name, why, freight(t, x)})
	}
	a.out.Chosen = append(a.out.Chosen, c)
}

// freight is what a candidate's way would cost, where the allocation compared that.
func freight(t *allocate.Trace, x allocate.Candidate) *money.Fen {
	if t.Strategy != allocate.ByCost || x.Reason == allocate.NotServed || x.Reason == allocate.Inactive {
		return nil
	}
	fee := money.Fen(x.Score)
	return &fee
}

// carrierChoice tells which account carries a parcel, or would, as the rules stand now.
func (a *account) carrierChoice(p *fulfillment.FulfillmentOrder, c choose.Choice) {
	out := Choice{What: "carrier", FulfillmentOrderID: p.ID, MadeAt: web.Time(a.now), Because: []string{}, Alternatives: []Alternative{}}
	chosen := c.AccountID
	if all := a.facts.waybills[p.ID]; len(all) > 0 {
		if chosen = all[0].account; chosen != c.AccountID {
			out.Because = append(out.Because, pick(a.lang, "取号时如此选择；按现在的规则会不同", "Chosen when the number was asked for; the rules would choose otherwise now"))
		}
		out.MadeAt = web.Time(all[0].at)
	}
	out.Chosen = a.accountName(chosen)
	if p.CarrierWish != "" {
		out.Because = append(out.Because, fmt.Sprintf(pick(a.lang, "发货单指定 %s", "The fulfillment order asks for %s"), logistics.NameOf(p.CarrierWish, a.lang)))
	}
	told := map[id.ID]bool{}
	for _, s := range c.Trace {
		why := a.word(carrierWords, string(s.Reason))
		if s.Rule != "" {
			why += pick(a.lang, "“", " “") + s.Rule + "”"
		}
		if s.Text != "" {
			why += ": " + s.Text
		}
		if s.AccountID == chosen {
			out.Because, out.FeeFen = append(out.Because, why), (*money.Fen)(s.FeeFen)
		} else if !told[s.AccountID] {
			told[s.AccountID] = true
			if s.Reason == choose.Preferred || s.Reason == choose.Cheapest || s.Reason == choose.First {
				why = pick(a.lang, "可用，但排在后面", "Possible, but ranks after it")
			}
			out.Alternatives = append(out.Alternatives, Alternative{a.accountName(s.AccountID), why, (*money.Fen)(s.FeeFen)})
		}
	}
	a.out.Chosen = append(a.out.Chosen, out)
}

// accountName is how people know a carrier account.
func (a *account) accountName(one id.ID) string {
	for _, x := range a.facts.accounts {
		if x.id == one {
			return logistics.NameOf(x.carrier, a.lang) + " · " + x.name
		}
	}
	return ""
}

// gifts tells where presents in the order come from.
func (a *account) gifts() {
	for _, l := range a.order.Lines {
		if !l.IsGift {
			continue
		}
		because := pick(a.lang, "平台随订单给出的赠品", "The channel told it with the order as a gift")
		if a.order.Source == order.SourceManual {
			because = pick(a.lang, "人工建单时加入", "Added by hand when the order was made")
		}
		a.out.Chosen = append(a.out.Chosen, Choice{What: "gift", Chosen: fmt.Sprintf("%s × %d", l.Title, l.Ordered), MadeAt: web.Time(a.order.CreatedAt),
			Because: []string{because}, Alternatives: []Alternative{}})
	}
}
