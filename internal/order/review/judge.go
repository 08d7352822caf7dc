package review

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/logistics/address"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/receiver"
)

// separator stands between the reasons of one hold.
const separator = "；"

// round is one judging of a batch.
type round struct {
	*compiled
	now    int64
	buyers map[id.ID]*buyer      // by customer
	costs  map[id.ID]money.Fen   // by SKU
	listed map[match]string      // reasons of the blacklist
	keys   map[id.ID][]listedKey // by order
	// classesOf are the classes of the goods by SKU, where some condition asks for them.
	classesOf map[id.ID][]string
}

// JudgeTx is order.Reviewer.
func (e *Engine) JudgeTx(ctx context.Context, tx *db.Tx, c []order.Candidate) ([]order.Verdict, error) {
	p, err := e.policyTx(ctx, tx)
	if err != nil {
		return nil, err
	}
	r, err := e.roundTx(ctx, tx, p, c)
	if err != nil {
		return nil, err
	}
	out := make([]order.Verdict, len(c))
	var held []id.ID
	for i := range c {
		out[i] = r.verdict(&c[i])
		if len(out[i].Holds) > 0 && !c[i].Approved {
			held = append(held, c[i].Order.ID)
		}
	}
	if err := unwaived(ctx, tx, c, held, out); err != nil {
		return nil, err
	}
	return out, r.noteDue(ctx, tx, c, out)
}

// roundTx gathers what the rules need to know besides the orders.
func (e *Engine) roundTx(ctx context.Context, q db.Querier, p *compiled, c []order.Candidate) (*round, error) {
	r := &round{compiled: p, now: clock.Millis(e.kit.Clock)}
	var err error
	if r.buyers, err = p.buyersOf(ctx, q, c); err != nil {
		return nil, err
	}
	if p.BelowCost {
		if r.costs, err = costsOf(ctx, q, c); err != nil {
			return nil, err
		}
	}
	if r.classesOf, err = p.classesIn(ctx, q, c); err != nil {
		return nil, err
	}
	r.keys, r.listed, err = e.listedOf(ctx, q, c)
	return r, err
}

// classesIn reads the classes of the candidates' goods, bundles by what they are made of.
func (c *compiled) classesIn(ctx context.Context, q db.Querier, in []order.Candidate) (map[id.ID][]string, error) {
	out := map[id.ID][]string{}
	if !c.classes {
		return out, nil
	}
	var skus []id.ID
	for _, x := range in {
		for _, l := range x.Order.Lines {
			if l.SKUID != 0 {
				skus = append(skus, l.SKUID)
			}
		}
	}
	for _, text := range []func(int) string{selectClasses, selectPartClasses} {
		err := eachIn(ctx, q, skus, text, func(scan func(...any) error) error {
			var sku id.ID
			var all string
			err := scan(&sku, &all)
			out[sku] = append(out[sku], strings.Split(all, ",")...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *round) verdict(c *order.Candidate) (v order.Verdict) {
	o := c.Order
	f := r.facts(o)
	var holding, finance []string
	for i, compiled := range r.rules {
		if compiled == nil || !compiled.Match(&f) {
			continue
		}
		switch rule := r.Rules[i]; rule.Action {
		case Approve:
			v.Approve = true
		case Hold:
			holding = append(holding, rule.Name)
		case Finance:
			finance = append(finance, rule.Name)
		}
	}
	v.Finance = strings.Join(finance, separator)
	add := func(k order.HoldKind, why string) {
		if why != "" {
			v.Holds = append(v.Holds, order.Reason{Kind: k, Note: why})
		}
	}
	add(order.HoldByRule, strings.Join(holding, separator))
	if !o.FollowsUp() { // what makes good for another order is no purchase: it has no price, and repeats goods
		add(order.HoldOverLimit, r.overLimit(o))
		add(order.HoldDuplicate, r.duplicate(o))
		add(order.HoldPriceFloor, r.tooCheap(o))
	}
	add(order.HoldBlacklist, r.blacklisted(o))
	if len(r.PaymentMethods) > 0 && o.PaymentMethod != "" && !slices.Contains(r.PaymentMethods, o.PaymentMethod) {
		add(order.HoldPayMethod, o.PaymentMethod)
	}
	if r.SellerNote {
		add(order.HoldSellerNote, clip(strings.TrimSpace(o.SellerNote)))
	}
	if a := r.area(o); a != nil && a.Verdict == Undeliverable {
		add(order.HoldUndeliverable, strings.TrimSpace(a.Province+a.City+a.District+" "+a.Note))
	}
	if r.CheckAddress {
		add(order.HoldAddress, faults(c.Receiver))
	} else if c.Receiver.Incomplete() {
		add(order.HoldAddress, string(address.PlaceMissing))
	}
	if paid := max(o.PaidAt, o.PlacedAt); r.WaitMinutes > 0 && paid+r.WaitMinutes*60_000 > r.now {
		v.NotBefore = paid + r.WaitMinutes*60_000
	}
	return v
}

// clip keeps a note short enough for a list.
func clip(s string) string {
	if rs := []rune(s); len(rs) > 40 {
		return string(rs[:40]) + "…"
	}
	return s
}

func (r *round) facts(o *order.Order) Facts {
	f := Facts{order: o}
	if paid := max(o.PaidAt, o.PlacedAt); paid != 0 {
		f.minutes = max(0, (r.now-paid)/60_000)
	}
	for _, l := range o.Lines {
		f.classes = append(f.classes, r.classesOf[l.SKUID]...)
	}
	if a := r.area(o); a != nil {
		f.remote = a.Verdict == Remote
	}
	if b := r.buyers[o.CustomerID]; b != nil {
		f.past = int64(len(b.before(o)))
	}
	return f
}

// area is the narrowest one that an order's place lies in, nil for none.
func (r *round) area(o *order.Order) (best *Area) {
	depth := 0
	for i := range r.Areas {
		a := &r.Areas[i]
		d := 1
		if a.City != "" {
			d++
		}
		if a.District != "" {
			d++
		}
		if d > depth && same(a.Province, o.Province) && same(a.City, o.City) && same(a.District, o.District) {
			best, depth = a, d
		}
	}
	return best
}

// same compares a place as people write it (新疆) with what a channel writes
// (新疆维吾尔自治区). An empty wish fits all.
func same(wish, is string) bool {
	return wish == "" || is != "" && (strings.HasPrefix(is, wish) || strings.HasPrefix(wish, is))
}

// Faults checks a receiver in plain; nobody may judge a masked one, and an address
// without a Chinese character follows other customs.
func Faults(r receiver.Receiver) []address.Fault {
	if r.Kind() != receiver.Plain || !strings.ContainsFunc(r.Province+r.City+r.Detail, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
		return nil
	}
	a := address.Address{Name: r.Name, Phone: r.Phone, Province: r.Province, City: r.City, District: r.District, Town: r.Town, Detail: r.Detail}
	if a.Province == "" { // many sources write the whole address in one
		if p := address.Parse(r.Detail); p.Province != "" {
			a.Province, a.City, a.District, a.Town = p.Province, p.City, p.District, p.Town
			if p.Detail != "" {
				a.Detail = p.Detail
			}
		}
	}
	return address.Check(a)
}

// faults names what keeps a parcel from arriving.
func faults(r receiver.Receiver) string {
	var out []string
	for _, f := range Faults(r) {
		if !f.Warning() {
			out = append(out, string(f))
		}
	}
	if len(out) == 0 && r.Incomplete() {
		out = append(out, string(address.PlaceMissing))
	}
	return strings.Join(out, ",")
}

// tooCheap names the SKUs that bring in less than their floor or cost. It tells no
// amount: not everybody may see costs.
func (r *round) tooCheap(o *order.Order) string {
	var out []string
	for _, l := range o.Lines {
		n := l.Ordered - l.Cancelled
		if l.IsGift || l.SKUID == 0 || n <= 0 || !l.QuantityKnown {
			continue
		}
		least := max(r.floors[l.SKUID], r.costs[l.SKUID])
		if got, known := brings(&l); known && least > 0 && got < int64(least)*l.Ordered && !slices.Contains(out, l.SKUCode) {
			out = append(out, l.SKUCode)
		}
	}
	return strings.Join(out, ", ")
}

// brings is what the merchant gets for a line's goods, fen, without freight.
func brings(l *order.OrderLine) (int64, bool) {
	a := &l.Amounts
	switch {
	case a.Receivable != nil:
		return int64(*a.Receivable) - fen(a.Freight), true
	case a.BuyerPaid != nil:
		return int64(*a.BuyerPaid) - fen(a.Freight), true
	case a.Goods != nil:
		return int64(*a.Goods), true
	}
	return 0, false
}

func costsOf(ctx context.Context, q db.Querier, c []order.Candidate) (map[id.ID]money.Fen, error) {
	var skus []id.ID
	for _, x := range c {
		for _, l := range x.Order.Lines {
			if l.SKUID != 0 {
				skus = append(skus, l.SKUID)
			}
		}
	}
	out := map[id.ID]money.Fen{}
	return out, eachIn(ctx, q, skus, selectCosts, func(scan func(...any) error) error {
		var i id.ID
		var cost int64
		err := scan(&i, &cost)
		out[i] = money.Fen(cost)
		return err
	})
}

// chunk is how many values one statement asks for.
const chunk = 500

// eachIn reads the rows of all ids, without repeats.
func eachIn(ctx context.Context, q db.Querier, ids []id.ID, text func(int) string, each func(scan func(...any) error) error) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for part := range slices.Chunk(ids, chunk) {
		part = db.Pad(part)
		args := []any{actor.Merchant(ctx)}
		for _, i := range part {
			args = append(args, int64(i))
		}
		for row := range db.Each(ctx, q, text(len(part)), args...) {
			if err := each(row.Scan); err != nil {
				return err
			}
		}
	}
	return nil
}

// unwaived takes out the holds that a person already ended for the same reason.
func unwaived(ctx context.Context, q db.Querier, c []order.Candidate, held []id.ID, out []order.Verdict) error {
	type key struct {
		order id.ID
		kind  string
	}
	waived := map[key]string{}
	err := eachIn(ctx, q, held, selectWaivers, func(scan func(...any) error) error {
		var k key
		var note string
		err := scan(&k.order, &k.kind, &note)
		waived[k] = note
		return err
	})
	if err != nil || len(waived) == 0 {
		return err
	}
	for i := range out {
		out[i].Holds = slices.DeleteFunc(out[i].Holds, func(r order.Reason) bool {
			note, ok := waived[key{c[i].Order.ID, string(r.Kind)}]
			return ok && note == r.Note
		})
	}
	return nil
}

// WaiveTx is order.Reviewer.
func (e *Engine) WaiveTx(ctx context.Context, tx *db.Tx, orderID id.ID, ended []order.Hold) error {
	a, err := actor.From(ctx)
	if err != nil {
		return err
	}
	for _, h := range ended {
		if _, err := tx.Exec(ctx, putWaiver, a.MerchantID, orderID, string(h.Kind), h.Note, clock.Millis(e.kit.Clock), a.ID); err != nil {
			return err
		}
	}
	return nil
}

// noteDue remembers when orders are judged anew: when they may approve themselves, or
// when a rule would say something else because time went by.
func (r *round) noteDue(ctx context.Context, tx *db.Tx, c []order.Candidate, out []order.Verdict) error {
	var sets []db.Stmt
	for i := range c {
		args := []any{actor.Merchant(ctx), c[i].Order.ID}
		at := r.again(c[i].Order)
		if until := out[i].NotBefore; until > r.now && (c[i].Ready || c[i].Approved) && (at == 0 || until < at) {
			at = until
		}
		switch {
		case at == 0:
		case c[i].Approved: // before its time, by a person
			sets = append(sets, db.Stmt{SQL: deleteDue, Args: args})
		default:
			sets = append(sets, db.Stmt{SQL: putDue, Args: append(args, at, c[i].Ready)})
		}
	}
	if len(sets) == 0 {
		return nil
	}
	_, err := tx.BatchN(ctx, sets)
	return err
}

// again is the next instant at which some rule's answer about an order may change by
// itself, 0 for never.
func (r *round) again(o *order.Order) int64 {
	paid := max(o.PaidAt, o.PlacedAt)
	for _, n := range r.minutes {
		if at := paid + n*60_000; at > r.now {
			return at
		}
	}
	return 0
}
