package aftersale

import (
	"context"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// Sort is the order of a list.
type Sort string

const (
	ByDue    Sort = "due"    // the nearest deadline first
	ByRecent Sort = "recent" // the last changed first
	ByRefund Sort = "refund" // the longest refunded first
)

// Filter narrows List; empty fields do not.
type Filter struct {
	ShopIDs []id.ID
	States  []State
	Kinds   []string
	Goods   []Goods
	Reason  string // part of the buyer's reason
	MinFen  *money.Fen
	MaxFen  *money.Fen
	// DueBefore keeps those that have to be answered before an instant.
	DueBefore int64
	// No is a case, order or return waybill number.
	No     string
	Sort   Sort
	Cursor string
	Limit  int
}

// Line is a line of an order that a case is about. Amounts are fen.
type Line struct {
	ID        id.ID
	SKUID     id.ID
	SKUCode   string
	Title     string
	Spec      string
	ImageURL  string
	IsGift    bool
	Asked     int64 // pieces the case is about
	Ordered   int64 // without those cancelled
	Shipped   int64
	Returned  int64 // good and defective ones that came back
	Missing   int64 // counted as missing for this case
	Good      int64 // of this case
	Defective int64 // of this case
	Paid      *money.Fen
	Refunded  *money.Fen
}

// left is how many pieces can still come back.
func (l Line) left() int64 { return max(0, l.Shipped-l.Returned) }

// Seen is a case with what has to be known to decide it.
type Seen struct {
	Case
	Order   *order.Order // nil while we hold none
	Lines   []Line
	Parcel  string // none | not_shipped | partly_shipped | shipped | delivered
	Advice  Advice
	Answer  *Answer // of the last decision
	Decides bool
	Refusal Refusal // what its channel asks of who refuses it
}

// List lists cases of the shops the actor may see (售后工作台), and the next cursor.
// Permission aftersale.read.
//
// Errors: page.ErrCursor.
func (s *Service) List(ctx context.Context, f Filter) ([]Seen, string, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return nil, "", err
	}
	shops, none, err := f.scope(ctx)
	if err != nil || none {
		return nil, "", err
	}
	var at int64
	var last id.ID
	if err := page.Decode(f.Cursor, &at, &last); err != nil {
		return nil, "", err
	}
	cond, args := f.where(shops)
	args = append([]any{actor.Merchant(ctx)}, args...)
	if f.Cursor != "" {
		args = append(args, at, at, last)
	}
	limit := page.Limit(f.Limit)
	all, err := readCases(ctx, s.k.DB, listCases(cond, f.Sort, f.Cursor != ""), append(args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	all, next := page.Cut(all, limit, func(c Case) string { return page.Encode(f.Sort.of(c), c.ID) })
	most, err := s.limit(ctx)
	if err != nil {
		return nil, "", err
	}
	out, err := s.look(ctx, s.k.DB, all, most)
	return out, next, err
}

func (o Sort) of(c Case) int64 {
	switch o {
	case ByRecent:
		return c.ModifiedAt
	case ByRefund:
		return c.RefundedAt
	}
	return c.turn
}

// scope are the shops to read, nil for all; none says that nothing is to be seen.
func (f Filter) scope(ctx context.Context) (shops []id.ID, none bool, err error) {
	scope, none, err := shopScope(ctx)
	if err != nil || none || len(f.ShopIDs) == 0 {
		return scope, none, err
	}
	shops = f.ShopIDs
	if scope != nil {
		shops = slices.DeleteFunc(slices.Clone(shops), func(i id.ID) bool { return !slices.Contains(scope, i) })
	}
	return shops, len(shops) == 0, nil
}

// Count is how many cases wait.
type Count struct {
	States map[State]int64
	// Overdue are those of us to answer whose deadline has passed.
	Overdue int64
	// Awaited and Arrived count goods on their way back and here unopened; NotBack are
	// refunded, with goods still out.
	Awaited, Arrived, NotBack int64
}

// Counts counts the open cases by state. Permission aftersale.read.
func (s *Service) Counts(ctx context.Context) (Count, error) {
	out := Count{States: map[State]int64{}}
	if err := actor.Require(ctx, PermitRead); err != nil {
		return out, err
	}
	shops, none, err := shopScope(ctx)
	if err != nil || none {
		return out, err
	}
	args := []any{s.now(), actor.Merchant(ctx)}
	for _, i := range shops {
		args = append(args, i)
	}
	for row := range db.Each(ctx, s.k.DB, countCases(len(shops)), args...) {
		var state State
		var goods Goods
		var n, late int64
		if err := row.Scan(&state, &goods, &n, &late); err != nil {
			return out, err
		}
		if state.Open() {
			out.States[state] += n
		}
		if state.decidable() {
			out.Overdue += late
		}
		switch goods {
		case GoodsAwaited:
			out.Awaited += n
			if state == Refunded {
				out.NotBack += n
			}
		case GoodsArrived:
			out.Arrived += n
		}
	}
	return out, nil
}

// look adds to cases what has to be known to decide them. most is up to what it advises
// to agree.
func (s *Service) look(ctx context.Context, q db.Querier, all []Case, most money.Fen) ([]Seen, error) {
	out := make([]Seen, len(all))
	for i, c := range all {
		out[i].Case = c
	}
	if err := s.addOrders(ctx, q, out); err != nil {
		return nil, err
	}
	shops, err := s.shops.ListTx(ctx, q)
	if err != nil {
		return nil, err
	}
	at := map[id.ID]shop.Shop{}
	for _, one := range shops {
		at[one.ID] = one
	}
	answers, err := s.answers(ctx, q, all)
	if err != nil {
		return nil, err
	}
	for i := range out {
		c := &out[i]
		if c.Source == Own {
			if err := s.addExpected(ctx, q, c); err != nil {
				return nil, err
			}
		}
		if c.OrderID != 0 || c.Goods != NoGoods {
			if err := s.addBack(ctx, q, c); err != nil {
				return nil, err
			}
		}
		c.Decides = c.Source != Own && s.around.Decides(at[c.ShopID])
		if c.Decides && s.around.Refusal != nil {
			c.Refusal = s.around.Refusal(at[c.ShopID], c.Kind)
		}
		if a, ok := answers[c.EffectID]; ok && c.EffectID != 0 {
			c.Answer = &a
		}
		c.Parcel = c.parcel()
		c.Advice = Advise(c.facts(most))
	}
	return out, nil
}

// addOrders loads the orders, those we came to hold since the case was told included.
func (s *Service) addOrders(ctx context.Context, q db.Querier, all []Seen) error {
	byShop := map[id.ID][]string{}
	var ids []id.ID
	for _, c := range all {
		switch {
		case c.OrderID != 0:
			ids = append(ids, c.OrderID)
		case c.OrderNo != "":
			byShop[c.ShopID] = append(byShop[c.ShopID], c.OrderNo)
		}
	}
	orders, err := s.orders.LoadTx(ctx, q, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return err
	}
	held := map[id.ID]*order.Order{}
	for i := range orders {
		held[orders[i].ID] = &orders[i]
	}
	late := map[id.ID]map[string]order.Order{}
	for shopID, nos := range byShop {
		if late[shopID], err = s.ordersByNo(ctx, q, shopID, nos); err != nil {
			return err
		}
	}
	for i := range all {
		c := &all[i]
		if c.OrderID == 0 {
			if o, ok := late[c.ShopID][c.OrderNo]; ok {
				c.OrderID, c.CustomerID, c.Order = o.ID, o.CustomerID, &o
			}
		} else {
			c.Order = held[c.OrderID]
		}
		if c.Order != nil {
			c.Lines = linesOf(c.Case, *c.Order)
		}
	}
	return nil
}

func (s *Service) ordersByNo(ctx context.Context, q db.Querier, shopID id.ID, nos []string) (map[string]order.Order, error) {
	out := map[string]order.Order{}
	if len(nos) == 0 {
		return out, nil
	}
	found, err := s.orders.FindByNoTx(ctx, q, []id.ID{shopID}, nos)
	if err != nil {
		return nil, err
	}
	var ids []id.ID
	for _, all := range found {
		ids = append(ids, all...)
	}
	orders, err := s.orders.LoadTx(ctx, q, ids)
	for _, o := range orders {
		out[o.ChannelOrderNo] = o
	}
	return out, err
}

// linesOf are the lines a case is about: the one it names, else the whole order.
func linesOf(c Case, o order.Order) []Line {
	lines := o.Lines
	if at := slices.IndexFunc(lines, func(l order.OrderLine) bool { return c.LineNo != "" && l.ChannelLineNo == c.LineNo }); at >= 0 {
		lines = lines[at : at+1]
	}
	out := make([]Line, 0, len(lines))
	for _, l := range lines {
		one := Line{ID: l.ID, SKUID: l.SKUID, SKUCode: l.SKUCode, Title: l.Title, Spec: l.Spec, ImageURL: l.ImageURL, IsGift: l.IsGift,
			Ordered: l.Ordered - l.Cancelled, Shipped: l.Shipped, Returned: l.ReturnedGood + l.ReturnedDefective, Paid: l.Amounts.BuyerPaid, Refunded: l.Amounts.Refund}
		if one.Asked = l.Ordered; len(lines) == 1 && c.Quantity > 0 {
			one.Asked = min(c.Quantity, l.Ordered)
		}
		out = append(out, one)
	}
	return out
}

// addBack adds what came back for a case, by line.
func (s *Service) addBack(ctx context.Context, q db.Querier, c *Seen) error {
	if c.Goods != GoodsReceived {
		return nil
	}
	for row := range db.Each(ctx, q, backOfCase, actor.Merchant(ctx), c.ID) {
		var line id.ID
		var good, bad, missing int64
		if err := row.Scan(&line, &good, &bad, &missing); err != nil {
			return err
		}
		if at := slices.IndexFunc(c.Lines, func(l Line) bool { return l.ID == line }); at >= 0 {
			c.Lines[at].Good, c.Lines[at].Defective, c.Lines[at].Missing = good, bad, missing
		}
	}
	return nil
}

func (c *Seen) parcel() string {
	if c.Order == nil {
		return "none"
	}
	var shipped, open int64
	for _, l := range c.Lines {
		shipped += l.Shipped
		open += max(0, l.Ordered-l.Shipped)
	}
	switch {
	case shipped == 0:
		return "not_shipped"
	case c.Order.DeliveredAt > 0 || c.Order.CompletedAt > 0:
		return "delivered"
	case open > 0:
		return "partly_shipped"
	}
	return "shipped"
}

func (c *Seen) facts(limit money.Fen) Facts {
	f := Facts{Kind: c.Kind, State: c.State, Goods: c.Goods, Refund: c.Refund, Limit: limit, OrderHeld: c.Order != nil, Decides: c.Decides,
		Shipped: c.Parcel == "shipped" || c.Parcel == "partly_shipped" || c.Parcel == "delivered", Delivered: c.Parcel == "delivered"}
	f.Told = c.Decision != "" && c.DecidedFor == c.CaseVersion && (c.Answer == nil || !c.Answer.ended())
	for _, l := range c.Lines {
		f.Faulty = f.Faulty || l.Defective > 0 || l.Missing > 0 || c.Goods == GoodsReceived && l.Good < min(l.Asked, l.Shipped)
		if l.Paid == nil {
			continue
		}
		if sum := *l.Paid; f.Paid == nil {
			f.Paid = &sum
		} else {
			*f.Paid += sum
		}
	}
	// A refund may bring back the freight that the buyer paid for the whole order.
	if f.Paid != nil && c.Order.Amounts.Freight != nil {
		*f.Paid += *c.Order.Amounts.Freight
	}
	return f
}

func (s *Service) answers(ctx context.Context, q db.Querier, all []Case) (map[id.ID]Answer, error) {
	var ids []id.ID
	for _, c := range all {
		if c.EffectID != 0 {
			ids = append(ids, c.EffectID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return s.around.Answers(ctx, q, ids)
}

// limit is up to what is advised to agree to unread: the merchant's, within the actor's own.
func (s *Service) limit(ctx context.Context) (money.Fen, error) {
	n, err := s.settings.Int(ctx, actor.Merchant(ctx), AgreeLimit)
	if err != nil {
		return 0, err
	}
	a, err := actor.From(ctx)
	if err != nil || !a.Can(PermitDecide) { // who only reads is told what is advised to others
		return money.Fen(n), err
	}
	own, err := s.around.Limit(ctx)
	if err == nil && own != nil && int64(*own) < n {
		n = int64(*own)
	}
	return money.Fen(n), err
}

// Whole is a case with all there is to know of it.
type Whole struct {
	Seen
	Words   Words
	Parcels []Parcel      // that came back
	Others  []Seen        // of the same buyer, or of the same order
	History []event.Event // the oldest first
	// Outgoing are the fulfillment orders of its order.
	Outgoing []Outgoing
}

// Outgoing is how far a fulfillment order is, and whether its next scan would be refused.
type Outgoing struct {
	ID          id.ID
	WarehouseID id.ID
	State       string
	Papers      string      // what it is sealed by: print, wave, hand, "" for nothing
	Stopped     *errs.Error // nil while it may leave
}

// Get reads one case with its history and the buyer's other ones (售后详情). Permission
// aftersale.read.
//
// Errors: ErrNotFound.
func (s *Service) Get(ctx context.Context, caseID id.ID) (Whole, error) {
	if err := actor.Require(ctx, PermitRead); err != nil {
		return Whole{}, err
	}
	c, err := s.one(ctx, s.k.DB, caseID)
	if err != nil {
		return Whole{}, err
	}
	most, err := s.limit(ctx)
	if err != nil {
		return Whole{}, err
	}
	seen, err := s.look(ctx, s.k.DB, []Case{c}, most)
	if err != nil {
		return Whole{}, err
	}
	out := Whole{Seen: seen[0]}
	if out.Words, err = s.around.Words(ctx, c.ShopID, c.No); err != nil {
		return Whole{}, err
	}
	// They become links: nothing but an address of the web may stand there.
	out.Words.Evidence = slices.DeleteFunc(out.Words.Evidence, func(a string) bool { return !strings.HasPrefix(a, "https://") && !strings.HasPrefix(a, "http://") })
	if out.Parcels, err = s.readParcels(ctx, s.k.DB, parcelsOfCase, actor.Merchant(ctx), caseID); err != nil {
		return Whole{}, err
	}
	var others []Case
	if out.CustomerID != 0 {
		others, err = readCases(ctx, s.k.DB, selectOthers, actor.Merchant(ctx), out.CustomerID, caseID, 20)
	} else if c.OrderNo != "" {
		others, err = readCases(ctx, s.k.DB, selectOfOrder, actor.Merchant(ctx), c.OrderNo, c.ShopID, caseID, 20)
	}
	if err != nil {
		return Whole{}, err
	}
	if out.Others, err = s.look(ctx, s.k.DB, others, most); err != nil {
		return Whole{}, err
	}
	if out.Outgoing, err = s.outgoing(ctx, out.OrderID); err != nil {
		return Whole{}, err
	}
	out.History, _, err = s.k.Events.List(ctx, s.k.DB, "aftersale", caseID, "", page.Max)
	return out, err
}

// outgoing reads where the goods of an order are on their way out. Who may not see
// shipments sees none.
func (s *Service) outgoing(ctx context.Context, orderID id.ID) ([]Outgoing, error) {
	a, err := actor.From(ctx)
	if err != nil || orderID == 0 || !a.Can(fulfillment.PermitRead) {
		return nil, err
	}
	all, _, err := s.parcels.List(ctx, fulfillment.OrderFilter{OrderID: orderID})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	checks := make([]fulfillment.Check, len(all))
	for i, f := range all {
		checks[i].ID = f.ID
	}
	verdicts, err := s.parcels.GuardEachTx(ctx, s.k.DB, checks)
	if err != nil {
		return nil, err
	}
	out := make([]Outgoing, len(all))
	for i, f := range all {
		out[i] = Outgoing{ID: f.ID, WarehouseID: f.WarehouseID, State: string(f.State), Papers: f.Sealed}
		if f.State == fulfillment.StateOpen && verdicts[i] != nil {
			out[i].Stopped = errs.As(verdicts[i])
		}
	}
	return out, nil
}

// one reads one case of a shop the actor may see.
func (s *Service) one(ctx context.Context, q db.Querier, caseID id.ID) (Case, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return Case{}, err
	}
	c, err := scanCase(q.QueryRow(ctx, selectCase, a.MerchantID, caseID))
	if err == nil && !a.InScope(shop.Scope, c.ShopID) {
		err = ErrNotFound
	}
	return c, err
}
