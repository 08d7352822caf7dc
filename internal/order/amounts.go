package order

import (
	"slices"

	"github.com/ordercove/ordercove/internal/kit/money"
)

// maxAmount bounds one amount (100 billion yuan), so that no sum overflows.
const maxAmount money.Fen = 10_000_000_000_000

// maxPieces bounds one line's quantity.
const maxPieces = 1_000_000

// take brings the document's amounts into the order: what the source tells
// replaces, what it does not tell stays; each header amount is then split over
// the lines so that they add up to it exactly.
func (e *edit) takeAmounts(d *Document, said []*Line) {
	m := d.Money
	o := e.now
	split := len(o.Lines) != len(e.was.Lines)
	w := weights(o.Lines, said)
	own := func(f func(*Line) *money.Fen) []*money.Fen {
		out := make([]*money.Fen, len(said))
		for i, l := range said {
			if l != nil {
				out[i] = f(l)
			}
		}
		return out
	}
	spread := func(col int, says *money.Fen, lines []*money.Fen, w []int64) {
		head := *o.Amounts.all()[col]
		if says == nil {
			says = head
		}
		if says == nil || (!split && head != nil && *head == *says && sumsTo(o.Lines, col, *says)) {
			return
		}
		parts := lines
		if !addUp(parts, *says) {
			parts = refs(money.Split(*says, w))
		}
		for i := range o.Lines {
			*o.Lines[i].Amounts.all()[col] = parts[i]
		}
		*o.Amounts.all()[col] = says
	}
	goods := own(func(l *Line) *money.Fen {
		if l.PriceFen == nil || l.Quantity == nil {
			return nil
		}
		v, err := l.PriceFen.Times(*l.Quantity)
		if err != nil {
			return nil
		}
		return &v
	})
	none := make([]*money.Fen, len(said))
	spread(0, m.Goods, goods, w)
	spread(1, m.MerchantDiscount, none, w)
	spread(2, m.PlatformDiscount, none, w)
	spread(3, m.TalentDiscount, none, w)
	spread(4, m.PaymentDiscount, none, w)
	spread(6, m.Freight, none, w)
	spread(7, m.BuyerPaid, own(func(l *Line) *money.Fen { return l.PaidFen }), w)
	spread(8, m.MerchantReceivable, none, w)
	spread(9, d.RefundFen, own(func(l *Line) *money.Fen { return l.RefundFen }), refundWeights(o.Lines, w))
}

func refs(in []money.Fen) []*money.Fen {
	out := make([]*money.Fen, len(in))
	for i := range in {
		out[i] = &in[i]
	}
	return out
}

// addUp reports whether the lines' own amounts are all known and make the total.
func addUp(parts []*money.Fen, total money.Fen) bool {
	var sum money.Fen
	for _, p := range parts {
		if p == nil {
			return false
		}
		sum += *p
	}
	return sum == total && len(parts) > 0
}

func sumsTo(lines []OrderLine, col int, total money.Fen) bool {
	parts := make([]*money.Fen, len(lines))
	for i := range lines {
		parts[i] = *lines[i].Amounts.all()[col]
	}
	return addUp(parts, total)
}

// weights are the lines' goods values: price × quantity, else what was paid for
// the line, else its quantity where no line tells an amount.
func weights(lines []OrderLine, said []*Line) []int64 {
	w := make([]int64, len(lines))
	priced := false
	for i, l := range lines {
		switch {
		case l.Price != nil:
			w[i], priced = int64(*l.Price)*l.Ordered, true
		case i < len(said) && said[i] != nil && said[i].PaidFen != nil:
			w[i], priced = int64(*said[i].PaidFen), true
		}
	}
	if !priced {
		for i, l := range lines {
			if !l.IsGift {
				w[i] = l.Ordered
			}
		}
	}
	return w
}

// refundWeights keep a refund on the lines it is about.
func refundWeights(lines []OrderLine, w []int64) []int64 {
	about := func(l OrderLine) bool { return l.RefundState == RefundDone || l.RefundState == RefundPart }
	if !slices.ContainsFunc(lines, about) {
		return w
	}
	out := make([]int64, len(w))
	for i, l := range lines {
		if about(l) {
			out[i] = max(w[i], 1)
		}
	}
	return out
}
