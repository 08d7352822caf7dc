package order

import (
	"encoding/binary"

	"github.com/ordercove/ordercove/internal/kit/seal"
	"github.com/ordercove/ordercove/internal/order/content"
)

// tokenDigest is the kind of the keyed digest of a document, kept in the head.
const tokenDigest int64 = 100

// digest names a document's content with the merchant's key: nobody can try
// phone numbers against it. The source's own modified time is no content. A file
// that comes again is mostly digests, so the content is written by hand; a test
// changes every field there is.
func digest(k *seal.Keys, d *Document) ([]byte, error) {
	var room [1024]byte
	w := content.Content(room[:0])
	say(&w, d)
	return binary.BigEndian.AppendUint64(nil, uint64(k.Token(tokenDigest, string(w)))), nil
}

func say(w *content.Content, d *Document) {
	w.Text(d.ChannelOrderNo, string(d.Status), d.StatusRaw)
	w.List(d.Holds)
	w.List(d.Flags)
	for _, at := range [...]int64{d.PlacedAt, d.PaidAt, d.ShippedAt, d.CompletedAt, d.ShipByAt} {
		w.Number(at)
	}
	r := &d.Receiver
	w.Text(d.PlacedOn, d.BuyerNick, d.BuyerKey, d.PaymentMethod, r.Name, r.Phone, r.Province, r.City, r.District, r.Town, r.Detail, r.Zip, r.GroupKey, r.NameIndex, r.PhoneIndex)
	w.Truth(r.Encrypted)
	w.Number(int64(len(d.Lines)))
	for i := range d.Lines {
		sayLine(w, &d.Lines[i])
	}
	w.Maybe(d.TotalQuantity)
	m := &d.Money
	w.Fen(m.Goods, m.MerchantDiscount, m.PlatformDiscount, m.TalentDiscount, m.PaymentDiscount, m.Freight, m.BuyerPaid, m.MerchantReceivable, d.RefundFen)
	w.Text(string(d.RefundState), d.BuyerNote, d.SellerNote)
	w.Number(int64(d.Flag))
	w.Truth(d.MemoTold)
	w.Truth(d.FlagTold)
	var bills []Waybill
	if d.Waybill != nil {
		bills = append(bills, *d.Waybill)
	}
	w.Truth(d.Waybill != nil)
	bills = append(bills, d.Waybills...)
	w.Number(int64(len(bills)))
	for _, b := range bills {
		w.Text(b.Carrier, b.No)
	}
}

func sayLine(w *content.Content, l *Line) {
	w.Text(l.ChannelLineNo, l.Title, l.SKUText, l.MerchantSKUCode, l.ChannelItemNo, l.ChannelSKUNo, string(l.Status), string(l.RefundState), l.ImageURL)
	w.Maybe(l.Quantity)
	w.Fen(l.PriceFen, l.PaidFen, l.RefundFen)
	w.Truth(l.IsGift)
	w.Number(int64(l.SKUID))
}
