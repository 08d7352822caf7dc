package world

import (
	"container/heap"
	"fmt"
	"slices"
)

// Act is something that happens to an order by itself or by an administrator's word.
type Act string

const (
	ActPay           Act = "pay" // what is due: a deposit, or all that is left
	ActClose         Act = "close"
	ActRelease       Act = "release" // every hold but an address wish goes
	ActHold          Act = "hold"    // a risk review begins
	ActWish          Act = "wish_address"
	ActUnwish        Act = "withdraw_wish"
	ActMove          Act = "change_address"
	ActAskRefund     Act = "ask_refund" // of the first line that has none
	ActTakeBack      Act = "take_back_refund"
	ActGrantRefund   Act = "grant_refund" // in the platform's back office
	ActReturnGoods   Act = "return_goods"
	ActShipElsewhere Act = "ship_elsewhere"
	ActDeliver       Act = "deliver"
	ActComplete      Act = "complete"
	ActReview        Act = "review"
	ActNote          Act = "write_memo"
	ActTouch         Act = "touch" // the buyer edits his note
)

// Acts lists every act.
func Acts() []Act {
	return []Act{ActPay, ActClose, ActRelease, ActHold, ActWish, ActUnwish, ActMove, ActAskRefund, ActTakeBack, ActGrantRefund,
		ActReturnGoods, ActShipElsewhere, ActDeliver, ActComplete, ActReview, ActNote, ActTouch}
}

// Step is an act at an instant.
type Step struct {
	At int64 `json:"at"`
	Do Act   `json:"do"`
}

// due is one entry of the agenda; without an order one is created.
type due struct {
	step Step
	seq  uint64
	o    *Order
}

type agenda struct {
	list []due
	seq  uint64
}

func (a *agenda) Len() int { return len(a.list) }
func (a *agenda) Less(i, j int) bool {
	x, y := a.list[i], a.list[j]
	return x.step.At < y.step.At || x.step.At == y.step.At && x.seq < y.seq
}
func (a *agenda) Swap(i, j int) { a.list[i], a.list[j] = a.list[j], a.list[i] }
func (a *agenda) Push(v any)    { a.list = append(a.list, v.(due)) }
func (a *agenda) Pop() any {
	d := a.list[len(a.list)-1]
	a.list = a.list[:len(a.list)-1]
	return d
}

func (a *agenda) add(s Step, o *Order) {
	a.seq++
	heap.Push(a, due{s, a.seq, o})
}

// run lets everything due until now happen, in order, and sets the clock.
func (t *Tx) run(now int64) {
	for !t.still && t.agenda.Len() > 0 && t.agenda.list[0].step.At <= now {
		d := heap.Pop(&t.agenda).(due)
		t.now = max(t.now, d.step.At)
		if d.o == nil {
			t.arrive()
			continue
		}
		if i := slices.Index(d.o.Plan, d.step); i >= 0 {
			d.o.Plan = slices.Delete(d.o.Plan, i, i+1)
			_ = t.perform(d.o, d.step.Do) // what the order's state no longer allows does not happen
		}
	}
	t.now = max(t.now, now)
}

// begin fills a new shop with its backlog, or with what the state file remembers.
func (s *Shop) begin() {
	w := s.w
	now := w.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.tx
	if w.past != nil && t.recall(w.past, now) {
		return
	}
	span := int64(w.cfg.BacklogDays) * 24 * 3600_000
	r := Stream(w.cfg.Seed, s.Name, "backlog")
	at := make([]int64, w.cfg.Backlog)
	if s.Platform.Courier {
		at = nil
	}
	for i := range at {
		at[i] = now - span + r.Between(0, span-1)
	}
	slices.Sort(at)
	t.deaf = true
	for _, a := range at {
		t.run(a)
		t.create(Wanted{})
	}
	t.run(now)
	t.deaf = false
	t.nextArrival()
	t.keepShop()
	if w.out != nil {
		w.out.flush()
	}
}

// nextArrival plans the next order that comes by itself.
func (t *Tx) nextArrival() {
	if t.life.OrdersPerHour <= 0 || t.Platform.Courier {
		return
	}
	mean := int64(3600_000 / t.life.OrdersPerHour)
	r := Stream(t.w.cfg.Seed, t.Name, "arrival", number(t.serial))
	t.agenda.add(Step{At: t.now + 1 + r.Between(mean/2, mean*3/2)}, nil)
}

func (t *Tx) arrive() {
	t.arrivals++
	t.create(Wanted{})
	t.nextArrival()
}

// Wanted is what an administrator asks of new orders; the zero value is an order as
// any other.
type Wanted struct {
	CreatedAt int64    `json:"created_at"` // 0 is now; unix milliseconds
	Paid      bool     `json:"paid"`       // ready to be shipped at once, nothing else will happen to it
	Lines     int      `json:"lines"`      // 0 is any
	Quantity  int64    `json:"quantity"`   // of each line, 0 is any
	Code      string   `json:"code"`       // only this merchant's code
	Presale   bool     `json:"presale"`
	Group     bool     `json:"group"`
	Gift      bool     `json:"gift"`
	Virtual   bool     `json:"virtual"` // its goods need no delivery
	Poison    int      `json:"poison"`  // 1 to 3
	Still     bool     `json:"still"`   // nothing happens to it by itself
	Receiver  *Person  `json:"receiver"`
	Acts      []Act    `json:"acts"`  // performed at once, in this order
	Holds     []string `json:"holds"` // beside those of its kind
}

// Create adds an order as wanted and returns a copy.
func (t *Tx) Create(want Wanted) (*Order, error) {
	o := t.create(want)
	for _, a := range want.Acts {
		if err := t.perform(o, a); err != nil {
			return o.clone(), fmt.Errorf("%s: %w", a, err)
		}
	}
	return o.clone(), nil
}

func (t *Tx) create(want Wanted) *Order {
	t.serial++
	r := Stream(t.w.cfg.Seed, t.Name, "order", number(t.serial))
	at := t.now
	if want.CreatedAt > 0 {
		at = min(want.CreatedAt, t.now)
	}
	o := &Order{Serial: t.serial, CreatedAt: at, PayBy: at + 30*60_000, Status: PendingPayment, Refund: RefundNone, Still: want.Still || want.Paid}
	if t.Platform.OrderNo != nil {
		o.No = t.Platform.OrderNo(t.Shop, at, t.serial)
	} else {
		o.No = beyond(4_700_000_000_000_000_001+uint64(t.Number)*1_000_000_000_000, t.serial*100)
	}
	o.BuyerKey = "b" + r.Digits(9)
	o.BuyerNick = pick(r, nicks) + r.Digits(2)
	o.PaymentNo = "2026" + r.Digits(24)
	o.Receiver = person(r)
	if want.Receiver != nil {
		o.Receiver = *want.Receiver
	}
	if r.Chance(.2) {
		o.BuyerNote = pick(r, buyerNotes)
	}
	t.fill(o, r, want)
	t.destiny(o, r, want)
	t.orders[o.No] = o
	t.byNo = append(t.byNo, o)
	t.created.add(at, 0, o)
	for i := range o.Lines {
		t.listings[o.Lines[i].SKU].Stock -= o.Lines[i].Quantity
	}
	t.touch(o, TopicCreated)
	if want.Paid {
		_ = t.perform(o, ActPay)
		if o.Presale != nil {
			_ = t.perform(o, ActPay)
		}
	}
	return o
}
