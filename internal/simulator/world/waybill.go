package world

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Label is a waybill that the platform issued (电子面单): once for a carrier, its
// orders and a parcel's key, until it is cancelled.
type Label struct {
	Serial    uint64   `json:"serial"`
	Carrier   string   `json:"carrier"` // as the platform spells it
	No        string   `json:"no"`
	Branch    string   `json:"branch"`
	Orders    []string `json:"orders"`
	Key       string   `json:"key"`
	Owner     string   `json:"owner,omitempty"` // as in Issue
	Receiver  Person   `json:"receiver"`
	Goods     string   `json:"goods,omitempty"`
	Cancelled bool     `json:"cancelled,omitempty"`
	IssuedAt  int64    `json:"issued_at"`
	// Pieces above 1: numbers of further boxes follow this one (Children).
	Pieces int `json:"pieces,omitempty"`
	// Printed: a client said that it came out of a printer.
	Printed bool `json:"printed,omitempty"`
	// Collected: the courier has scanned it.
	Collected bool `json:"collected,omitempty"`
}

// Children are the numbers of a shipment's further pieces.
func (l Label) Children() (out []string) {
	for n := 2; n <= l.Pieces; n++ {
		tail := l.No[len(l.No)-10:]
		head := l.No[:len(l.No)-10]
		mark := fmt.Sprint(100 + n)
		out = append(out, head[:max(0, len(head)-len(mark))]+mark+tail)
	}
	return out
}

// Branch is a carrier's branch that serves the shop. Left is -1 for a carrier that
// keeps no count.
type Branch struct {
	Carrier   string `json:"carrier"`
	Code      string `json:"code"`
	Name      string `json:"name"`
	Left      int64  `json:"left"`
	Used      int64  `json:"used"`
	Cancelled int64  `json:"cancelled"`
	Sender    Person `json:"sender"`
}

// Balance and Unreached are why no waybill comes.
const (
	Balance   RefusalKind = "balance"   // the branch has none left
	Unreached RefusalKind = "unreached" // the carrier does not deliver there
)

// Issue is a request for a waybill. Receiver is where it really goes, which the
// platform's side finds by what its clients send.
type Issue struct {
	Key      string
	Orders   []string
	Owner    string // the other shop whose orders they are, empty for this shop's own
	Carrier  string
	Branch   string // empty for the carrier's only one
	Sender   Person // at the branch's address
	Receiver Person
	Goods    string
	Pieces   int
}

type labels struct {
	list []*Label
	byNo map[string]*Label
	left map[string]int64 // by carrier, what an administrator set for the start
}

// numberForms begin a carrier's waybill numbers; digits follow up to the length.
var numberForms = map[string]struct {
	prefix string
	length int
}{"SF": {"SF", 15}, "ZTO": {"78", 14}, "YTO": {"YT", 15}, "STO": {"77", 15}, "YUNDA": {"43", 15}, "JTSD": {"JT", 15}, "JD": {"JDVA", 15}, "EMS": {"98", 13}, "POST": {"99", 13}, "DBKD": {"DPK", 15}}

// direct carriers run their branches themselves: no count is kept.
func direct(kind string) bool { return kind == "SF" || kind == "EMS" || kind == "JD" }

// Nowhere stands in an address to which no carrier goes.
const Nowhere = "无人区"

// farAway is where only the direct carriers go.
const farAway = "西藏自治区"

// IssueLabel issues a waybill, or gives the one that stands for the same key.
// Errors: NotFound, Refused, Invalid, Balance, Unreached.
func (t *Tx) IssueLabel(i Issue) (Label, error) {
	kind, ok := t.Platform.Labels[i.Carrier]
	if !ok || len(i.Orders) == 0 || i.Key == "" {
		return Label{}, invalid("carrier %q, %d orders, key %q", i.Carrier, len(i.Orders), i.Key)
	}
	slices.Sort(i.Orders)
	before := 0
	for _, l := range t.labels.list {
		if l.Carrier != i.Carrier || l.Key != i.Key || !slices.Equal(l.Orders, i.Orders) {
			continue
		}
		if !l.Cancelled {
			return *l, t.effect("issue_waybill", i.Orders[0], labelKey(i, before), i.Orders, func() error { return errSame })
		}
		before++
	}
	var made *Label
	err := t.effect("issue_waybill", i.Orders[0], labelKey(i, before), i.Orders, func() error {
		if err := t.mayIssue(i, kind); err != nil {
			return err
		}
		made = t.keepLabel(&Label{Serial: uint64(len(t.labels.list)) + 1, Carrier: i.Carrier, Branch: t.branch(i.Carrier, kind).Code, Orders: i.Orders, Key: i.Key, Owner: i.Owner,
			Receiver: i.Receiver, Goods: i.Goods, Pieces: i.Pieces, IssuedAt: t.now}, kind)
		return nil
	})
	if err != nil {
		return Label{}, err
	}
	return *made, nil
}

// labelKey tells requests for a waybill apart; what was cancelled is over.
func labelKey(i Issue, before int) string { return fmt.Sprintf("%s/%s/%d", i.Carrier, i.Key, before) }

// Owner tells whose orders a request means by a shop's number: "" the shop's own. What is
// no shop of the platform is nobody's.
func (t *Tx) Owner(number string) (owner string, ok bool) {
	if number == t.ID {
		return "", true
	}
	return number, t.w.Find(t.Platform.Code, func(s *Shop) bool { return s.ID == number }) != nil
}

func (t *Tx) mayIssue(i Issue, kind string) error {
	if t.Platform.Courier {
		switch b := t.branch(i.Carrier, kind); {
		case i.Receiver.Province == "" || i.Receiver.Detail == "" || i.Sender.Province == "" || i.Sender.Phone == "" || i.Receiver.Phone == "":
			return invalid("sender and receiver need phone and address")
		case i.Receiver.Province == farAway && !direct(kind), strings.Contains(i.Receiver.Detail, Nowhere):
			return &Refusal{Unreached, "nobody delivers there"}
		case b.Left == 0:
			return &Refusal{Balance, "no waybills are left"}
		}
		return nil
	}
	for _, no := range i.Orders {
		o := t.orders[no]
		switch {
		case i.Owner != "": // the other shop's platform side is not reached from here
		case o == nil:
			return notFound("order %s", no)
		case o.Unpaid() || o.Status == Closed:
			return refused("order is %s", o.Status)
		case i.Receiver.Province == "":
			return invalid("a receiver needs an address")
		}
	}
	b := t.branch(i.Carrier, kind)
	from := i.Sender
	from.Name, from.Phone, from.Town = "", "", b.Sender.Town // towns are left out by many
	switch {
	case i.Branch != "" && i.Branch != b.Code:
		return refused("no branch %s", i.Branch)
	case from != b.Sender:
		return refused("the sender's address is not the branch's")
	case i.Receiver.Province == farAway && !direct(kind):
		return &Refusal{Unreached, "no branch in " + farAway}
	case b.Left == 0:
		return &Refusal{Balance, "no waybills are left"}
	}
	return nil
}

func (t *Tx) keepLabel(l *Label, kind string) *Label {
	if l.No == "" {
		form := numberForms[kind]
		digits := form.length - len(form.prefix)
		tail := fmt.Sprintf("%04d%07d", t.nth%10_000, l.Serial) // a carrier's numbers are its own on every platform
		l.No = form.prefix + strings.Repeat("0", max(0, digits-len(tail))) + tail[max(0, len(tail)-digits):]
	}
	t.labels.list = append(t.labels.list, l)
	t.labels.byNo[l.No] = l
	t.keep(record{Label: l})
	return l
}

// Label is an issued waybill. Errors: NotFound.
func (t *Tx) Label(carrier, no string) (Label, error) {
	if l := t.labels.byNo[no]; l != nil && l.Carrier == carrier {
		return *l, nil
	}
	return Label{}, notFound("waybill %s", no)
}

// LabelByKey is the waybill last issued for a key, a cancelled one too. Errors: NotFound.
func (t *Tx) LabelByKey(key string) (Label, error) {
	for _, l := range slices.Backward(t.labels.list) {
		if l.Key == key {
			return *l, nil
		}
	}
	return Label{}, notFound("waybill for %s", key)
}

// Travels tells whether a parcel was shipped with a waybill.
func (t *Tx) Travels(l Label) bool { return t.travels(&l) }

// LabelsOf lists the waybills that stand for an order; all of the shop's for "".
func (t *Tx) LabelsOf(order string) (out []Label) {
	for _, l := range t.labels.list {
		if !l.Cancelled && (order == "" || slices.Contains(l.Orders, order)) {
			out = append(out, *l)
		}
	}
	return out
}

// CancelLabel gives a waybill back. Errors: NotFound, Done, Refused once a parcel
// travels with it.
func (t *Tx) CancelLabel(carrier, no string) error {
	return t.effect("cancel_waybill", no, "", carrier, func() error {
		l := t.labels.byNo[no]
		switch {
		case l == nil || l.Carrier != carrier:
			return notFound("waybill %s", no)
		case l.Cancelled:
			return done("waybill is cancelled")
		case t.travels(l):
			return refused("the parcel travels")
		}
		l.Cancelled = true
		t.keep(record{Label: l})
		return nil
	})
}

// LabelPrinted is told that a waybill came out of a printer; again says that it did before.
// Errors: NotFound, Refused for one that is cancelled.
func (t *Tx) LabelPrinted(no string, again bool) error {
	return t.effect("tell_printed", no, "", again, func() error {
		l := t.labels.byNo[no]
		switch {
		case l == nil:
			return notFound("waybill %s", no)
		case l.Cancelled:
			return refused("waybill is cancelled")
		}
		l.Printed = true
		t.keep(record{Label: l})
		return nil
	})
}

// UpdateLabel changes where a waybill goes and what it holds. Errors: NotFound,
// Refused once a parcel travels with it, Unreached.
func (t *Tx) UpdateLabel(carrier, no string, to Person, goods string) (Label, error) {
	l := t.labels.byNo[no]
	err := t.effect("update_waybill", no, "", []any{carrier, to, goods}, func() error {
		switch {
		case l == nil || l.Carrier != carrier || l.Cancelled:
			return notFound("waybill %s", no)
		case t.travels(l):
			return refused("the parcel travels")
		case to.Province == farAway && !direct(t.Platform.Labels[carrier]):
			return &Refusal{Unreached, "no branch in " + farAway}
		case l.Receiver == to && l.Goods == goods:
			return errSame
		}
		l.Receiver, l.Goods = to, goods
		t.keep(record{Label: l})
		return nil
	})
	if err != nil {
		return Label{}, err
	}
	return *l, nil
}

// Collect has the courier scan a waybill: it cannot be cancelled any more.
// Errors: NotFound, Refused for one that is cancelled.
func (t *Tx) Collect(no string) error {
	l := t.labels.byNo[no]
	switch {
	case l == nil:
		return notFound("waybill %s", no)
	case l.Cancelled:
		return refused("waybill is cancelled")
	}
	l.Collected = true
	t.keep(record{Label: l})
	return nil
}

func (t *Tx) travels(l *Label) bool {
	return l.Collected || slices.ContainsFunc(l.Orders, func(no string) bool {
		return t.orders[no] != nil && slices.ContainsFunc(t.orders[no].Parcels, func(p Parcel) bool { return p.Waybill == l.No })
	})
}

// Branches lists the branches that serve the shop, of one carrier or of all for "".
func (t *Tx) Branches(carrier string) (out []Branch) {
	for _, c := range slices.Sorted(maps.Keys(t.Platform.Labels)) {
		if carrier == "" || carrier == c {
			out = append(out, t.branch(c, t.Platform.Labels[c]))
		}
	}
	return out
}

func (t *Tx) branch(carrier, kind string) Branch {
	r := Stream(t.w.cfg.Seed, t.Name, "branch", carrier)
	b := Branch{Carrier: carrier, Code: r.Digits(6), Name: "杭州余杭" + fmt.Sprint(1+r.Below(9)) + "部",
		Sender: Person{Province: "浙江省", City: "杭州市", District: "余杭区", Town: "五常街道", Detail: "良睦路" + fmt.Sprint(r.Between(1, 99)) + "号"}}
	stock := r.Between(2000, 20_000)
	if n, set := t.labels.left[carrier]; set {
		stock = n
	}
	for _, l := range t.labels.list {
		switch {
		case l.Carrier != carrier:
		case l.Cancelled:
			b.Cancelled++
		default:
			b.Used++
		}
	}
	b.Left = max(0, stock-b.Used)
	if direct(kind) {
		b.Left = -1
	}
	return b
}

// SetBalance lets a carrier's branch have n waybills left. Errors: Invalid for a
// carrier that keeps no count.
func (t *Tx) SetBalance(carrier string, n int64) error {
	kind, ok := t.Platform.Labels[carrier]
	if !ok || direct(kind) || n < 0 {
		return invalid("carrier %q, %d waybills", carrier, n)
	}
	t.labels.left[carrier] = n + t.branch(carrier, kind).Used
	t.keepShop()
	return nil
}

// Route is what leads a parcel: the sorting code, the mark and where it is bagged.
func (l Label) Route() (sortCode, mark, bag string) {
	r := Stream(7, l.Receiver.Province, l.Receiver.City, l.Receiver.District)
	return fmt.Sprintf("%d-%d-%02d", r.Between(100, 999), r.Between(10, 99), r.Between(1, 40)), strings.TrimSuffix(l.Receiver.City, "市"), strings.TrimSuffix(l.Receiver.Province, "省") + "集散"
}

// Sealed is a waybill's print data as only the platform's component reads it.
func (l Label) Sealed() string {
	raw, err := json.Marshal(l)
	if err != nil {
		return "" // the type has no value that fails
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func (t *Tx) recallLabels(s *shopMemory) {
	t.labels.list = slices.SortedFunc(maps.Values(s.labels), func(a, b *Label) int { return cmp.Compare(a.Serial, b.Serial) })
	for _, l := range t.labels.list {
		t.labels.byNo[l.No] = l
	}
	if s.state != nil {
		maps.Copy(t.labels.left, s.state.Balances)
	}
}
