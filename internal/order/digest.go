package order

import (
	"encoding/binary"

	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/seal"
)

// tokenDigest is the kind of the keyed digest of a document, kept in the head.
const tokenDigest int64 = 100

// digest names a document's content with the merchant's key: nobody can try
// phone numbers against it. The source's own modified time is no content. A file
// that comes again is mostly digests, so the content is written by hand; a test
// changes every field there is.
func digest(k *seal.Keys, d *Document) ([]byte, error) {
	var room [1024]byte
	w := content(room[:0])
	w.document(d)
	return binary.BigEndian.AppendUint64(nil, uint64(k.Token(tokenDigest, string(w)))), nil
}

// content is what documents say, each part preceded by its length or presence, so
// that no two documents write the same.
type content []byte

func (w *content) number(v int64) { *w = binary.AppendVarint(*w, v) }

func (w *content) text(s string) {
	*w = append(binary.AppendUvarint(*w, uint64(len(s))), s...)
}

func (w *content) texts(all []string) {
	w.number(int64(len(all)))
	for _, s := range all {
		w.text(s)
	}
}

func (w *content) maybe(p *int64) {
	if p == nil {
		*w = append(*w, 0)
		return
	}
	*w = append(*w, 1)
	w.number(*p)
}

func (w *content) fen(all ...*money.Fen) {
	for _, p := range all {
		w.maybe((*int64)(p))
	}
}

func (w *content) truth(b bool) {
	if b {
		w.number(1)
	} else {
		w.number(0)
	}
}

func (w *content) document(d *Document) {
	w.text(d.ChannelOrderNo)
	w.text(string(d.Status))
	w.text(d.StatusRaw)
	w.texts(d.Holds)
	w.texts(d.Flags)
	for _, at := range [...]int64{d.PlacedAt, d.PaidAt, d.ShippedAt, d.CompletedAt, d.ShipByAt} {
		w.number(at)
	}
	w.text(d.PlacedOn)
	w.text(d.BuyerNick)
	w.text(d.BuyerKey)
	w.text(d.PaymentMethod)
	r := &d.Receiver
	for _, s := range [...]string{r.Name, r.Phone, r.Province, r.City, r.District, r.Town, r.Detail, r.Zip} {
		w.text(s)
	}
	w.truth(r.Encrypted)
	w.number(int64(len(d.Lines)))
	for i := range d.Lines {
		w.line(&d.Lines[i])
	}
	w.maybe(d.TotalQuantity)
	m := &d.Money
	w.fen(m.Goods, m.MerchantDiscount, m.PlatformDiscount, m.TalentDiscount, m.PaymentDiscount, m.Freight, m.BuyerPaid, m.MerchantReceivable, d.RefundFen)
	w.text(string(d.RefundState))
	w.text(d.BuyerNote)
	w.text(d.SellerNote)
	w.number(int64(d.Flag))
	var bills []Waybill
	if d.Waybill != nil {
		bills = append(bills, *d.Waybill)
	}
	w.truth(d.Waybill != nil)
	bills = append(bills, d.Waybills...)
	w.number(int64(len(bills)))
	for _, b := range bills {
		w.text(b.Carrier)
		w.text(b.No)
	}
}

func (w *content) line(l *Line) {
	for _, s := range [...]string{l.ChannelLineNo, l.Title, l.SKUText, l.MerchantSKUCode, l.ChannelItemNo, l.ChannelSKUNo, string(l.Status), string(l.RefundState), l.ImageURL} {
		w.text(s)
	}
	w.maybe(l.Quantity)
	w.fen(l.PriceFen, l.PaidFen, l.RefundFen)
	w.truth(l.IsGift)
	w.number(int64(l.SKUID))
}
