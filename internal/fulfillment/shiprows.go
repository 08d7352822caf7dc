package fulfillment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/catalog"
	"github.com/ordercove/ordercove/internal/inventory"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// world is all that the checks of a batch need to know, read in a few statements.
type world struct {
	actor    actor.Actor
	merchant id.ID
	now      int64
	lang     string
	shops    map[id.ID]shop.Shop
	defaults id.ID // the merchant's default warehouse
	// warehouses are those that goods may leave from.
	warehouses map[id.ID]bool
	// components are what a SKU takes off the shelf: itself, or a bundle's parts.
	components map[id.ID][]catalog.Component
	orders     map[id.ID]*order.Order
	// packed are the lines in parcels of an order, by waybill number.
	packed map[id.ID]map[string][]id.ID
	// owners are the orders that took a waybill number first.
	owners map[string]id.ID
	// open are unfinished fulfillment orders, by order.
	open map[id.ID][]openOrder
}

// openOrder is an allocated, unshipped fulfillment order.
type openOrder struct {
	id          id.ID
	warehouseID id.ID
	sealed      string
	hold        string
	orders      int64           // how many it serves
	left        map[id.ID]int64 // by line
	shipped     bool            // part of it has left
}

// plan is one shipment that passed the checks, and what became of it.
type plan struct {
	at          int
	fulfillment id.ID // the fulfillment order that ships, 0 where an order does
	kind        string
	out         Outcome
	order       *order.Order
	shop        shop.Shop
	warehouseID id.ID
	carrier     logistics.Carrier
	carrierText string
	waybillNo   string
	lines       []order.LineQty
	parcelID    id.ID
}

// lookAround reads what the inputs at the given places are about. With lock the
// orders stay as they are until the transaction ends; a dry run does without.
func (s *Service) lookAround(ctx context.Context, q db.Querier, ins []ShipInput, at []int, lock bool) (*world, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	w := &world{actor: a, merchant: a.MerchantID, now: clock.Millis(s.k.Clock), lang: a.Lang, shops: map[id.ID]shop.Shop{},
		orders: map[id.ID]*order.Order{}, packed: map[id.ID]map[string][]id.ID{}, owners: map[string]id.ID{}, open: map[id.ID][]openOrder{}}
	ids := make([]id.ID, 0, len(at))
	nos := make([]string, 0, len(at))
	for _, i := range at {
		ids = append(ids, ins[i].OrderID)
		nos = append(nos, logistics.Clean(ins[i].WaybillNo))
	}
	slices.Sort(nos)
	nos = slices.Compact(nos)
	if w.owners, err = waybillOwners(ctx, q, w.merchant, nos); err != nil {
		return nil, err
	}
	if err := s.loadOrders(ctx, q, w, ids, lock); err != nil {
		return nil, err
	}
	shops, err := s.shops.ListTx(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, sh := range shops {
		w.shops[sh.ID] = sh
	}
	if err := s.readWarehouses(ctx, q, w, ins, at); err != nil {
		return nil, err
	}
	if err := s.readComponents(ctx, q, w, ids); err != nil {
		return nil, err
	}
	if err := w.readParcels(ctx, q, ids); err != nil {
		return nil, err
	}
	return w, w.readOpen(ctx, q, ids)
}

// readWarehouses says which of the warehouses in question goods may leave from.
func (s *Service) readWarehouses(ctx context.Context, q db.Querier, w *world, ins []ShipInput, at []int) error {
	standard, err := s.stock.DefaultTx(ctx, q)
	if err != nil && !errors.Is(err, inventory.ErrNoWarehouse) {
		return err
	}
	w.defaults = standard.ID
	w.warehouses = map[id.ID]bool{0: false}
	ask := func(i id.ID) error {
		if _, known := w.warehouses[i]; known {
			return nil
		}
		one, err := s.stock.WarehouseTx(ctx, q, i)
		if err != nil && !errors.Is(err, inventory.ErrNoWarehouse) {
			return err
		}
		w.warehouses[i] = err == nil && one.Active
		return nil
	}
	all := []id.ID{w.defaults}
	for _, i := range at {
		all = append(all, ins[i].WarehouseID)
	}
	for _, o := range w.orders {
		all = append(all, o.WarehouseID, w.shops[o.ShopID].WarehouseID)
	}
	for _, i := range all {
		if err := ask(i); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) readComponents(ctx context.Context, q db.Querier, w *world, ids []id.ID) error {
	var skus []id.ID
	for _, i := range ids {
		if o := w.orders[i]; o != nil {
			for _, l := range o.Lines {
				if l.SKUID != 0 {
					skus = append(skus, l.SKUID)
				}
			}
		}
	}
	slices.Sort(skus)
	var err error
	w.components, err = s.catalog.ComponentsTx(ctx, q, slices.Compact(skus))
	return err
}

// loadOrders reads the orders to ship (locked) and those whose waybill numbers
// they would share (as they are).
func (s *Service) loadOrders(ctx context.Context, q db.Querier, w *world, ids []id.ID, lock bool) error {
	load := s.orders.LoadTx
	if tx, ok := q.(*db.Tx); ok && lock {
		load = func(ctx context.Context, _ db.Querier, ids []id.ID) ([]order.Order, error) {
			return s.orders.LockTx(ctx, tx, ids)
		}
	}
	// Locks are taken in one order, or two batches may wait for each other.
	found, err := load(ctx, q, slices.Sorted(slices.Values(ids)))
	if err != nil {
		return err
	}
	for i := range found {
		w.orders[found[i].ID] = &found[i]
	}
	var others []id.ID
	for _, o := range w.owners {
		if w.orders[o] == nil && !slices.Contains(others, o) {
			others = append(others, o)
		}
	}
	if len(others) == 0 {
		return nil
	}
	slices.Sort(others)
	if found, err = s.orders.LoadTx(ctx, q, others); err != nil {
		return err
	}
	for i := range found {
		w.orders[found[i].ID] = &found[i]
	}
	return nil
}

const lookupChunk = 200

func waybillOwners(ctx context.Context, q db.Querier, merchant id.ID, nos []string) (map[string]id.ID, error) {
	out := map[string]id.ID{}
	for part := range slices.Chunk(nos, lookupChunk) {
		for row := range db.Each(ctx, q, selectWaybills(len(part)), textArgs(merchant, part)...) {
			var no string
			var o id.ID
			if err := row.Scan(&no, &o); err != nil {
				return nil, err
			}
			out[no] = o
		}
	}
	return out, nil
}

func (w *world) readParcels(ctx context.Context, q db.Querier, ids []id.ID) error {
	for part := range slices.Chunk(ids, lookupChunk) {
		for row := range db.Each(ctx, q, selectOrderParcels(len(part)), idArgs(w.merchant, part)...) {
			var o, line id.ID
			var no string
			if err := row.Scan(&o, &no, &line); err != nil {
				return err
			}
			w.pack(o, no, line)
		}
	}
	return nil
}

// pack remembers that lines of an order are in a parcel under a number.
func (w *world) pack(o id.ID, no string, lines ...id.ID) {
	if w.packed[o] == nil {
		w.packed[o] = map[string][]id.ID{}
	}
	w.packed[o][no] = append(w.packed[o][no], lines...)
}

func (w *world) readOpen(ctx context.Context, q db.Querier, ids []id.ID) error {
	for part := range slices.Chunk(ids, lookupChunk) {
		for row := range db.Each(ctx, q, selectOpen(len(part)), idArgs(w.merchant, part)...) {
			var f openOrder
			var o, line id.ID
			var left, gone int64
			if err := row.Scan(&f.id, &f.warehouseID, &f.sealed, &f.hold, &f.orders, &o, &line, &left, &gone); err != nil {
				return err
			}
			at := slices.IndexFunc(w.open[o], func(x openOrder) bool { return x.id == f.id })
			if at < 0 {
				f.left = map[id.ID]int64{}
				w.open[o] = append(w.open[o], f)
				at = len(w.open[o]) - 1
			}
			w.open[o][at].left[line] = left
			w.open[o][at].shipped = w.open[o][at].shipped || gone > 0
		}
	}
	return nil
}

// plan judges one input. It decides nothing that order or inventory decide; it
// answers what they cannot know, and early what they would answer late.
func (w *world) plan(in ShipInput) *plan {
	p := &plan{out: Outcome{Shipped: Shipped{OrderID: in.OrderID}}}
	p.out.Err = w.judge(in, p)
	return p
}

func (w *world) judge(in ShipInput, p *plan) error {
	o := w.orders[in.OrderID]
	if o == nil {
		return order.ErrNotFound
	}
	p.order, p.shop, p.kind, p.fulfillment = o, w.shops[o.ShopID], in.Kind, in.fulfillment
	if p.waybillNo = logistics.Clean(in.WaybillNo); p.waybillNo != "" && w.packedAlready(o, p.waybillNo, in) {
		p.out.Unchanged = true
		return nil
	}
	if err := w.judgeKind(in, p); err != nil {
		return err
	}
	if err := w.shippable(o); err != nil {
		return err
	}
	if err := p.takeLines(in); err != nil {
		return err
	}
	if in.fulfillment == 0 && w.stranded(p) { // else GuardTx has looked
		return ErrSuspended
	}
	for _, l := range o.Lines {
		leaves := slices.ContainsFunc(p.lines, func(q order.LineQty) bool { return q.LineID == l.ID })
		if leaves && o.NeedsSerial(l) && !slices.Contains(in.numbered, l.ID) {
			return ErrNoSerials.With("sku", l.SKUCode)
		}
	}
	if err := w.judgeAge(in, p); err != nil {
		return err
	}
	if err := w.judgeWarehouse(in, p); err != nil {
		return err
	}
	return w.judgeOwner(p)
}

// stranded reports whether a parcel that a carrier's suspension keeps here leaves.
func (w *world) stranded(p *plan) bool {
	return slices.ContainsFunc(w.open[p.order.ID], func(f openOrder) bool {
		return f.hold == HoldSuspended && slices.ContainsFunc(p.lines, func(l order.LineQty) bool { return f.left[l.LineID] > 0 })
	})
}

// judgeKind asks for what the kind of shipment needs.
func (w *world) judgeKind(in ShipInput, p *plan) error {
	switch in.Kind {
	case "", KindExpress:
		p.kind = KindExpress
		if p.waybillNo == "" {
			return ErrNoWaybill.At("waybill_no")
		}
		return w.judgeCarrier(in, p)
	case KindSameCity:
		p.carrierText = clip(strings.TrimSpace(in.Carrier))
		if c, ok := logistics.Find(p.carrierText); ok {
			p.carrier, p.out.Carrier = c, c.Code
		}
		if len(p.waybillNo) > logistics.MaxNo {
			return ErrBadWaybill.With("waybill_no", clip(p.waybillNo), "carrier", p.carrierText).At("waybill_no")
		}
		return nil
	case KindVirtual, KindPickup:
		if p.waybillNo != "" || strings.TrimSpace(in.Carrier) != "" {
			return ErrNoCarrierNeeded.At("waybill_no")
		}
		return nil
	}
	return ErrBadKind.At("kind")
}

// packedAlready: these goods of the order are in a parcel under this number.
func (w *world) packedAlready(o *order.Order, no string, in ShipInput) bool {
	lines, ok := w.packed[o.ID][no]
	if !ok {
		return false
	}
	for _, l := range in.Lines {
		if !slices.Contains(lines, l.LineID) {
			return false
		}
	}
	for _, want := range in.SKUs {
		in := func(l order.OrderLine) bool { return l.SKUCode == want.Code && slices.Contains(lines, l.ID) }
		if !slices.ContainsFunc(o.Lines, in) {
			return false
		}
	}
	return true
}

// judgeCarrier recognises the carrier, which is the one that was promised, and looks at the number.
func (w *world) judgeCarrier(in ShipInput, p *plan) error {
	text := strings.TrimSpace(in.Carrier)
	guess := logistics.Guess(p.waybillNo)
	switch c, ok := logistics.Find(text); {
	case ok:
		p.carrier, p.carrierText = c, text
	case text != "":
		return ErrCarrierUnknown.With("carrier", clip(text)).At("carrier")
	case len(guess) == 1:
		p.carrier = guess[0]
	default:
		return ErrNoCarrier.At("carrier")
	}
	if _, isCode := logistics.Get(p.carrierText); isCode || p.carrierText == "" {
		p.carrierText = p.carrier.NameZH
	}
	p.out.Carrier = p.carrier.Code
	name := p.carrier.Name(w.lang)
	if promised, ok := logistics.Promised(p.order.ChannelFlags); ok && promised.Code != p.carrier.Code {
		if p.out.Warning = ErrBadWaybillCarrier.Code; !in.ConfirmWaybill {
			return ErrBadWaybillCarrier.With("promised", promised.Name(w.lang), "carrier", name).At("carrier")
		}
	}
	switch logistics.CheckWaybill(p.carrier.Code, p.waybillNo) {
	case logistics.Suspicious:
		p.out.Warning = ErrSuspiciousWaybill.Code
	case logistics.Wrong:
		p.out.Warning = ErrBadWaybill.Code
		if in.ConfirmWaybill && len(p.waybillNo) <= logistics.MaxNo {
			return nil
		}
		if len(guess) > 0 {
			return ErrBadWaybillLike.With("waybill_no", clip(p.waybillNo), "carrier", name, "other", guess[0].Name(w.lang)).At("waybill_no")
		}
		return ErrBadWaybill.With("waybill_no", clip(p.waybillNo), "carrier", name).At("waybill_no")
	}
	return nil
}

func clip(s string) string {
	if utf8.RuneCountInString(s) <= 40 {
		return s
	}
	return string([]rune(s)[:40]) + "…"
}

// shippable says early what order.MarkShippedTx would refuse, in the words that
// help: the number an order has left under, and what keeps it from approval.
func (w *world) shippable(o *order.Order) error {
	err := o.Shippable()
	held := o.Blocking()
	switch {
	case errors.Is(err, order.ErrNothingOpen) && o.WaybillNo != "":
		return ErrAlreadyShipped.With("waybill_no", o.WaybillNo)
	case errors.Is(err, order.ErrNotApproved) && slices.Contains(held, order.HoldRefund):
		return order.ErrRefundOpen
	case (errors.Is(err, order.ErrNotApproved) || errors.Is(err, order.ErrOnHold)) && len(held) > 0:
		kinds := make([]string, len(held))
		for i, k := range held {
			kinds[i] = string(k)
		}
		return ErrHeld.With("kinds", strings.Join(kinds, ","))
	}
	return err
}

// takeLines settles what the parcel holds.
func (p *plan) takeLines(in ShipInput) error {
	left := map[id.ID]int64{}
	for _, l := range p.order.Lines {
		if n := l.Open(); n > 0 {
			left[l.ID] = n
		}
	}
	switch {
	case len(in.Lines) > 0:
		for i, l := range in.Lines {
			if l.Quantity < 1 || left[l.LineID] < l.Quantity {
				return ErrTooMany.With("left", left[l.LineID]).At(fmt.Sprintf("lines[%d].quantity", i))
			}
			left[l.LineID] -= l.Quantity
		}
		p.lines = mergeLines(in.Lines)
	case len(in.SKUs) > 0:
		for _, want := range in.SKUs {
			if err := p.takeSKU(want, left); err != nil {
				return err
			}
		}
		p.lines = mergeLines(p.lines)
	default:
		for _, l := range p.order.Lines {
			if n := left[l.ID]; n > 0 {
				p.lines = append(p.lines, order.LineQty{LineID: l.ID, Quantity: n})
			}
		}
	}
	return nil
}

// takeSKU takes a quantity of a SKU code from the order's lines, in their order.
func (p *plan) takeSKU(want SKUQty, left map[id.ID]int64) error {
	var had, took int64
	for _, l := range p.order.Lines {
		if l.SKUCode != want.Code || left[l.ID] == 0 {
			continue
		}
		had += left[l.ID]
		n := left[l.ID]
		if want.Quantity > 0 {
			n = min(n, want.Quantity-took)
		}
		if n > 0 {
			p.lines = append(p.lines, order.LineQty{LineID: l.ID, Quantity: n})
			left[l.ID] -= n
			took += n
		}
	}
	switch {
	case had == 0:
		return ErrLineUnknown.With("sku_code", clip(want.Code)).At("sku_code")
	case took < want.Quantity:
		return ErrTooMany.With("left", had).At("quantity")
	}
	return nil
}

func mergeLines(lines []order.LineQty) []order.LineQty {
	var out []order.LineQty
	for _, l := range lines {
		if i := slices.IndexFunc(out, func(x order.LineQty) bool { return x.LineID == l.LineID }); i >= 0 {
			out[i].Quantity += l.Quantity
			continue
		}
		out = append(out, l)
	}
	return out
}

// judgeOwner lets a number serve a second order only where one box to one person
// is plausible.
func (w *world) judgeOwner(p *plan) error {
	if p.waybillNo == "" {
		return nil
	}
	owner, taken := w.owners[p.waybillNo]
	if !taken {
		// The next input of this batch must see it.
		w.owners[p.waybillNo] = p.order.ID
		return nil
	}
	other := w.orders[owner]
	if owner == p.order.ID || other != nil && sameReceiver(other, p.order) || p.fulfillment != 0 && w.serves(p.fulfillment, owner) {
		return nil
	}
	no := "?"
	if other != nil {
		no = other.ChannelOrderNo
	}
	return ErrDuplicateWaybill.With("waybill_no", p.waybillNo, "order_no", no).At("waybill_no")
}

// serves reports whether an open fulfillment order of this batch serves an order.
func (w *world) serves(fulfillment, o id.ID) bool {
	return slices.ContainsFunc(w.open[o], func(f openOrder) bool { return f.id == fulfillment })
}

// sameReceiver: one buyer of one shop, and nothing in the two addresses differs
// that we can see. Masked text alone never says that two people are one.
func sameReceiver(a, b *order.Order) bool {
	return a.ShopID == b.ShopID && a.CustomerID != 0 && a.CustomerID == b.CustomerID && a.ReceiverMasked == b.ReceiverMasked &&
		a.Province == b.Province && a.City == b.City && a.District == b.District
}

// judgeAge asks for fresh data of shops whose orders come by file.
func (w *world) judgeAge(in ShipInput, p *plan) error {
	sh := p.shop
	if p.order.Source == "manual" {
		return nil
	}
	sh.DataAt = max(sh.DataAt, p.order.SourceAt)
	if !sh.Stale(w.now) {
		return nil
	}
	if strings.TrimSpace(in.StaleReason) == "" || !w.actor.Can(PermitShipStale) {
		return ErrStaleData.With("shop", sh.Name, "hours", (w.now-sh.DataAt)/3_600_000)
	}
	p.out.Stale = true
	return nil
}

// judgeWarehouse settles where the parcel leaves from.
func (w *world) judgeWarehouse(in ShipInput, p *plan) error {
	for _, one := range []id.ID{in.WarehouseID, p.order.WarehouseID, p.shop.WarehouseID, w.defaults} {
		if one != 0 {
			p.warehouseID = one
			break
		}
	}
	if !w.warehouses[p.warehouseID] {
		return ErrNoWarehouse.At("warehouse_id")
	}
	return nil
}

// takes is what a plan takes off the shelf: bundles as their components.
func (w *world) takes(p *plan) []inventory.Take {
	var out []inventory.Take
	for _, q := range p.lines {
		for _, l := range p.order.Lines {
			if l.ID != q.LineID {
				continue
			}
			for _, c := range w.components[l.SKUID] {
				out = append(out, inventory.Take{OrderID: p.order.ID, LineID: l.ID, SKUID: c.SKUID, WarehouseID: p.warehouseID,
					Quantity: c.Quantity * q.Quantity, Ref: "parcel/" + p.parcelID.String()})
			}
		}
	}
	return out
}
