package choose

import (
	"cmp"
	"slices"

	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/account"
	"github.com/ordercove/ordercove/internal/logistics/quote"
	"github.com/ordercove/ordercove/internal/logistics/reach"
)

// Facts are what a choice looks at.
type Facts struct {
	ShopID, WarehouseID id.ID
	Channel             string // the code of the shop's channel
	// Sealed: the receiver is the channel's cipher, so only the channel's waybills can
	// be printed.
	Sealed bool
	Region Region
	// WeightGram and VolumeML (cubic centimetres) are 0 where nobody knows.
	WeightGram, VolumeML, Pieces int64
	GoodsFen, CollectFen         money.Fen
	// Classes of the goods (fragile, liquid, battery …), SKU codes, tags of the orders.
	Classes, SKUCodes, Tags []string
	// Carrier is the one the buyer was promised or paid for (指定快递、顺丰加价), our code;
	// ToDoor that the parcel is brought to the door (送货上门). No rule overrides them.
	Carrier string
	ToDoor  bool
	At      int64 // unix milliseconds
}

// Region is a place by the names of its divisions.
type Region struct {
	Province string `json:"province"`
	City     string `json:"city"`
	District string `json:"district"`
}

// Reason is why an account is out, or in.
type Reason string

const (
	Off         Reason = "account_off"
	Elsewhere   Reason = "not_for_shop_or_warehouse"
	OtherSource Reason = "other_channel"        // a channel's waybills are for its own orders
	OtherShop   Reason = "other_shop"           // and of some, for their own shop's
	NeedsSource Reason = "needs_channel"        // a ciphered receiver
	NotNamed    Reason = "other_carrier_named"  // the buyer was promised another
	NotToDoor   Reason = "not_to_door"          // the buyer was promised delivery to the door
	Suspended   Reason = "carrier_suspended"    // 停发 or 超区
	NotReached  Reason = "not_reached"          // the carrier says so
	Empty       Reason = "no_waybills_left"     // the branch's balance is used up
	Excluded    Reason = "excluded_by_rule"     //
	NotRequired Reason = "not_required_by_rule" // another account is
	Preferred   Reason = "preferred_by_rule"
	Cheapest    Reason = "cheapest"
	Quoted      Reason = "cheapest_by_quote" // the carrier's own price was looked at, not the table's
	First       Reason = "first_without_price"
)

// Step is one thing a choice found, in order.
type Step struct {
	AccountID id.ID   `json:"account_id"`
	Reason    Reason  `json:"reason"`
	RuleID    id.ID   `json:"rule_id,omitempty"`
	Rule      string  `json:"rule,omitempty"`
	Text      string  `json:"text,omitempty"` // a suspension's reason
	Since     int64   `json:"-"`              // when the suspension began
	Until     int64   `json:"until,omitempty"`
	FeeFen    *int64  `json:"fee_fen,omitempty"`
	AskedAt   int64   `json:"asked_at,omitempty"` // when the carrier said the fee; 0: by the price table
	Chosen    bool    `json:"chosen,omitempty"`
	PriceID   id.ID   `json:"price_id,omitempty"`
	Region    *Region `json:"region,omitempty"` // whose price it is
}

// Choice is the account a parcel takes; AccountID 0 where none is left, with the
// reason that took most.
type Choice struct {
	AccountID id.ID
	Carrier   string
	Product   string
	// FeeFen is the carrier's own price where it said one lately, else the price table's,
	// -1 where there is neither.
	FeeFen money.Fen
	Why    Reason
	Trace  []Step
	// Suspended are all accounts that deliver nothing there now, whatever else is said of
	// them: one that could not be chosen anyway may have issued a number before.
	Suspended []Step `json:"-"`
}

// Snapshot is what Choose decides by, loaded once for many parcels.
type Snapshot struct {
	Accounts    []account.Account
	Prices      map[id.ID][]Price // by account
	Suspensions []Suspension
	Rules       []Rule // enabled, in order
	// ChannelOf is the channel of a shop whose authorisation an account uses.
	ChannelOf map[id.ID]string
	// Alone are those of them whose channel issues for that shop's own orders only.
	Alone map[id.ID]bool
	// Unreached are the areas that carriers said they do not go to.
	Unreached map[reach.Key]string
	// Quotes are the prices that carriers said themselves.
	Quotes map[quote.Key][]quote.Price
}

// chooser is one choice under way.
type chooser struct {
	f     *Facts
	s     *Snapshot
	left  []account.Account
	trace []Step
}

// Choose decides which account a parcel takes. It is pure.
func Choose(f Facts, s *Snapshot) Choice {
	c := chooser{f: &f, s: s, left: slices.Clone(s.Accounts)}
	for _, check := range []func(account.Account) *Step{c.open, c.source, c.promised, c.suspended, c.reached} {
		c.keep(check)
	}
	order, product := c.rules()
	out := c.pick(order, product)
	for _, a := range s.Accounts {
		if step := c.suspended(a); step != nil {
			step.AccountID = a.ID
			out.Suspended = append(out.Suspended, *step)
		}
	}
	return out
}

func (c *chooser) keep(check func(account.Account) *Step) {
	c.left = slices.DeleteFunc(c.left, func(a account.Account) bool {
		step := check(a)
		if step != nil {
			step.AccountID = a.ID
			c.trace = append(c.trace, *step)
		}
		return step != nil
	})
}

func (c *chooser) open(a account.Account) *Step {
	switch {
	case !a.Enabled:
		return &Step{Reason: Off}
	case !a.Serves(c.f.ShopID, c.f.WarehouseID):
		return &Step{Reason: Elsewhere}
	case a.Balance == 0:
		return &Step{Reason: Empty}
	}
	return nil
}

func (c *chooser) source(a account.Account) *Step {
	switch {
	case a.Kind == account.Channel && c.s.ChannelOf[a.ShopID] != c.f.Channel:
		return &Step{Reason: OtherSource}
	case a.Kind == account.Channel && a.ShopID != c.f.ShopID && c.s.Alone[a.ShopID]:
		return &Step{Reason: OtherShop}
	case a.Kind != account.Channel && c.f.Sealed:
		return &Step{Reason: NeedsSource}
	}
	return nil
}

func (c *chooser) promised(a account.Account) *Step {
	carrier, _ := logistics.Get(a.Carrier)
	switch {
	case c.f.Carrier != "" && a.Carrier != c.f.Carrier:
		return &Step{Reason: NotNamed}
	case c.f.ToDoor && !carrier.ToDoor:
		return &Step{Reason: NotToDoor}
	}
	return nil
}

func (c *chooser) suspended(a account.Account) *Step {
	for _, s := range c.s.Suspensions {
		if s.holds(a, c.f.Region, c.f.At) {
			return &Step{Reason: Suspended, Text: s.Reason, Since: s.StartsAt, Until: s.EndsAt}
		}
	}
	return nil
}

func (c *chooser) reached(a account.Account) *Step {
	if reason, no := c.s.Unreached[reach.Key{AccountID: a.ID, Area: reach.Area(c.f.Region)}]; no {
		return &Step{Reason: NotReached, Text: reason}
	}
	return nil
}

// rules applies the merchant's rules and returns the order of the first that prefers.
func (c *chooser) rules() (order *Rule, product map[id.ID]string) {
	product = map[id.ID]string{}
	for i := range c.s.Rules {
		r := &c.s.Rules[i]
		if !r.Match(c.f) {
			continue
		}
		switch r.Effect {
		case Exclude:
			c.keep(func(a account.Account) *Step {
				if slices.Contains(r.Accounts, a.ID) {
					return &Step{Reason: Excluded, RuleID: r.ID, Rule: r.Name}
				}
				return nil
			})
			continue
		case Require:
			c.keep(func(a account.Account) *Step {
				if !slices.Contains(r.Accounts, a.ID) {
					return &Step{Reason: NotRequired, RuleID: r.ID, Rule: r.Name}
				}
				return nil
			})
		}
		if order == nil {
			order = r
		}
		for _, a := range r.Accounts {
			if _, said := product[a]; !said && r.Product != "" {
				product[a] = r.Product
			}
		}
	}
	return order, product
}

// offer is an account that is left, with its price.
type offer struct {
	account.Account
	product string
	price   Price
	fee     money.Fen
	priced  bool
	asked   int64 // when the carrier said the fee, 0 for the price table's
	place   int   // in the order a rule prefers
}

func (c *chooser) pick(order *Rule, product map[id.ID]string) Choice {
	var all []offer
	for _, a := range c.left {
		o := offer{Account: a, product: cmp.Or(product[a.ID], a.Product)}
		o.price, o.fee, o.priced = c.s.fee(a.ID, o.product, c.f)
		if q, said := c.s.quoted(a.ID, o.product, c.f); said {
			o.price, o.fee, o.priced, o.asked = Price{}, q.FeeFen, true, q.AskedAt
		}
		if order != nil {
			if o.place = slices.Index(order.Accounts, a.ID); o.place < 0 {
				o.place = len(order.Accounts)
			}
		}
		all = append(all, o)
	}
	slices.SortStableFunc(all, func(a, b offer) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(flag(!a.priced), flag(!b.priced)), cmp.Compare(a.fee, b.fee), cmp.Compare(a.ID, b.ID))
	})
	for i, o := range all {
		step := Step{AccountID: o.ID, Reason: First, Chosen: i == 0}
		if o.priced {
			fee := int64(o.fee)
			step.Reason, step.FeeFen, step.PriceID, step.Region, step.AskedAt = Cheapest, &fee, o.price.ID, &o.price.Region, o.asked
		}
		if o.asked != 0 {
			step.Reason, step.Region = Quoted, nil
		}
		if order != nil && o.place < len(order.Accounts) {
			step.Reason, step.RuleID, step.Rule = Preferred, order.ID, order.Name
		}
		c.trace = append(c.trace, step)
	}
	if len(all) == 0 {
		return Choice{FeeFen: -1, Why: most(c.trace), Trace: c.trace}
	}
	best := all[0]
	fee := money.Fen(-1)
	if best.priced {
		fee = best.fee
	}
	return Choice{AccountID: best.ID, Carrier: best.Carrier, Product: best.product, FeeFen: fee, Why: c.trace[len(c.trace)-len(all)].Reason, Trace: c.trace}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// most is the reason that took the account that came furthest: what a person would
// change first.
func most(trace []Step) Reason {
	if len(trace) == 0 {
		return Off // there is no account at all
	}
	return trace[len(trace)-1].Reason
}
