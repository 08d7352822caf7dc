package world

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Refusal is why an effect did not happen; platforms spell it in their codes.
type Refusal struct {
	Kind    RefusalKind
	Message string
}

// RefusalKind is what a client can do about it.
type RefusalKind string

const (
	NotFound RefusalKind = "not_found"
	Refused  RefusalKind = "refused" // understood, not allowed
	Done     RefusalKind = "done"    // it has happened already
	Invalid  RefusalKind = "invalid"
)

func (r *Refusal) Error() string { return r.Message }

// KindOf is the kind of a refusal, empty for nil.
func KindOf(err error) RefusalKind {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Kind
	}
	return ""
}

func notFound(f string, a ...any) error { return &Refusal{NotFound, fmt.Sprintf(f, a...)} }
func refused(f string, a ...any) error  { return &Refusal{Refused, fmt.Sprintf(f, a...)} }
func done(f string, a ...any) error     { return &Refusal{Done, fmt.Sprintf(f, a...)} }
func invalid(f string, a ...any) error  { return &Refusal{Invalid, fmt.Sprintf(f, a...)} }

// errSame says that the truth was so already: the client hears success, the journal
// counts no change.
var errSame = errors.New("no change")

// Effect is one thing that clients asked for. Requests are the same when kind,
// target and key (or, without a key, the content) are.
type Effect struct {
	Serial  uint64          `json:"serial"`
	Kind    string          `json:"kind"`
	Target  string          `json:"target"`
	Key     string          `json:"key,omitempty"`
	Body    json.RawMessage `json:"body"`
	Digest  string          `json:"digest"`
	Asked   int             `json:"asked"`
	Applied int             `json:"applied"` // how often it changed the truth
	Answer  string          `json:"answer,omitempty"`
	Last    string          `json:"last,omitempty"` // why the last one was refused
	FirstAt int64           `json:"first_at"`
	LastAt  int64           `json:"last_at"`
}

// effect journals a request and lets do make the change. The same key with the same
// body succeeds again without a change.
func (t *Tx) effect(kind, target, key string, body any, do func() error) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return invalid("%v", err)
	}
	sum := sha256.Sum256(raw)
	digest := hex.EncodeToString(sum[:8])
	id := kind + "|" + target + "|" + key
	if key == "" {
		id += digest
	}
	e := t.effectOf[id]
	if e == nil {
		e = &Effect{Serial: uint64(len(t.effects)) + 1, Kind: kind, Target: target, Key: key, Body: raw, Digest: digest, FirstAt: t.now}
		t.effects = append(t.effects, e)
		t.effectOf[id] = e
	}
	e.Asked++
	e.LastAt = t.now
	defer func() { t.keepEffect(e) }()
	if key != "" && e.Applied > 0 {
		if e.Digest != digest {
			e.Last = "the key was used with another body"
			return refused("%s", e.Last)
		}
		return nil
	}
	switch err := do(); {
	case err == nil:
		e.Applied++
		e.Last = ""
	case errors.Is(err, errSame):
		e.Last = ""
	default:
		e.Last = err.Error()
		return err
	}
	return nil
}

// Effects returns up to size effects after that serial.
func (t *Tx) Effects(after uint64, size int) []Effect {
	var out []Effect
	for i := int(min(after, uint64(len(t.effects)))); i < len(t.effects) && len(out) < size; i++ {
		out = append(out, *t.effects[i])
	}
	return out
}

// Memo sets the seller's note and flag. A nil part stays.
func (t *Tx) Memo(no, key string, text *string, flag *int) error {
	return t.effect("memo", no, key, []any{text, flag}, func() error {
		o := t.orders[no]
		if o == nil {
			return notFound("order %s", no)
		}
		before, was := o.Memo, o.Flag
		if text != nil {
			o.Memo = *text
		}
		if flag != nil {
			o.Flag = *flag
		}
		if o.Memo == before && o.Flag == was {
			return errSame
		}
		t.touchMemo(o)
		return nil
	})
}

// Tell sends the buyer a message.
func (t *Tx) Tell(no, key, text string) error {
	return t.effect("tell", no, key, text, func() error {
		o := t.orders[no]
		if o == nil {
			return notFound("order %s", no)
		}
		o.Told = append(o.Told, text)
		t.touchMemo(o)
		return nil
	})
}

// Close closes an unpaid order.
func (t *Tx) Close(no, key, reason string) error {
	return t.effect("close", no, key, reason, func() error {
		o := t.orders[no]
		switch {
		case o == nil:
			return notFound("order %s", no)
		case o.Status == Closed:
			return done("order is closed")
		}
		return t.close(o, "seller: "+reason)
	})
}

// Readdress changes the receiver of an order that is not shipped. Empty fields stay.
func (t *Tx) Readdress(no, key string, p Person) error {
	return t.effect("change_address", no, key, p, func() error {
		o := t.orders[no]
		if o == nil {
			return notFound("order %s", no)
		}
		if len(o.Parcels) > 0 || !(o.Unpaid() || o.Status == AwaitingShipment) {
			return refused("order is %s", o.Status)
		}
		next := o.Receiver
		for _, f := range []struct {
			to *string
			by string
		}{{&next.Name, p.Name}, {&next.Phone, p.Phone}, {&next.Province, p.Province}, {&next.City, p.City}, {&next.District, p.District}, {&next.Town, p.Town}, {&next.Detail, p.Detail}} {
			if f.by != "" {
				*f.to = f.by
			}
		}
		if next == o.Receiver {
			return errSame
		}
		o.Receiver = next
		o.AddressChange++
		t.touch(o, TopicAddress)
		return nil
	})
}

// AnswerWish accepts or refuses a buyer's wish for another address.
func (t *Tx) AnswerWish(no, key string, accept bool, reason string) error {
	return t.effect("answer_address", no, key, []any{accept, reason}, func() error {
		o := t.orders[no]
		switch {
		case o == nil:
			return notFound("order %s", no)
		case o.Wish == nil:
			return done("no wish stands")
		}
		return t.endWish(o, accept)
	})
}

// Reprice sets what lines of an unpaid order cost in all, and its freight where it is
// not negative. Fen.
func (t *Tx) Reprice(no, key string, paid map[string]int64, freight int64) error {
	return t.effect("change_price", no, key, []any{paid, freight}, func() error {
		o := t.orders[no]
		if o == nil {
			return notFound("order %s", no)
		}
		if o.Status != PendingPayment {
			return refused("order is %s", o.Status)
		}
		for line, fen := range paid {
			if o.Line(line) == nil || fen < 0 {
				return invalid("line %s", line)
			}
		}
		changed := freight >= 0 && freight != o.Freight
		for line, fen := range paid {
			l := o.Line(line)
			changed = changed || l.Paid() != fen
			l.Adjust += fen - l.Paid()
		}
		if !changed {
			return errSame
		}
		if freight >= 0 {
			o.Freight = freight
		}
		t.touch(o, TopicPrice)
		return nil
	})
}

// Level is a stock push for one listing, found by the first of SKUNo, ItemNo, Code
// that is not empty and fits. Delta adds Quantity instead of setting it.
type Level struct {
	Key                 string
	ItemNo, SKUNo, Code string
	Quantity            int64
	Delta               bool
}

// SetStock changes what a listing offers. Errors: NotFound, Refused below 0.
func (t *Tx) SetStock(l Level) error {
	i := t.listing(l)
	target := l.SKUNo
	if i >= 0 {
		target = t.listings[i].SKUNo
	}
	key := l.Key
	l.Key = ""
	return t.effect("stock", target, key, l, func() error {
		if i < 0 {
			return notFound("no such listing")
		}
		next := l.Quantity
		if l.Delta {
			next += t.listings[i].Stock
		}
		if next < 0 {
			return refused("stock would be %d", next)
		}
		if next == t.listings[i].Stock {
			return errSame
		}
		t.listings[i].Stock = next
		t.keepShop()
		return nil
	})
}

func (t *Tx) listing(l Level) int {
	for i, x := range t.listings {
		switch {
		case l.SKUNo != "" && l.SKUNo != x.SKUNo, l.ItemNo != "" && l.ItemNo != x.ItemNo:
		case l.SKUNo == "" && l.Code != "" && l.Code != x.Code:
		case l.SKUNo == "" && l.ItemNo == "" && l.Code == "":
		default:
			return i
		}
	}
	return -1
}

// Reply answers a review once.
func (t *Tx) Reply(match func(Review) bool, key, text string) error {
	for _, r := range t.reviews {
		if !match(*r) {
			continue
		}
		return t.effect("reply", r.No, key, text, func() error {
			if r.Reply != "" {
				return done("review has a reply")
			}
			r.Reply = text
			t.keepReview(r)
			return nil
		})
	}
	return notFound("no such review")
}
