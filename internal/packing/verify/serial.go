package verify

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
)

var serialForm = regexp.MustCompile(`^[0-9A-Z][0-9A-Z\-_./:]{3,63}$`)

// serialValid judges a piece's number by its kind.
func serialValid(kind, no string) bool {
	if kind != SerialIMEI {
		return serialForm.MatchString(no)
	}
	sum := 0
	for i, c := range []byte(no) {
		if c < '0' || c > '9' {
			return false
		}
		d := int(c - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return len(no) == 15 && sum%10 == 0
}

// serial takes the number of the piece that was scanned before, and counts the piece.
func (t *turn) serial(ctx context.Context) error {
	it := t.se.item(t.se.SerialLine, t.se.SerialSKU)
	if it == nil || it.Done == it.Need {
		t.se.SerialLine, t.se.SerialSKU = 0, 0
		return t.piece(ctx)
	}
	t.item, t.sku = it, it.SKUID
	no := strings.ToUpper(t.code)
	_, goods, err := t.s.sku(ctx, t.tx, t.code)
	if err != nil {
		return err
	}
	if goods || !serialValid(it.Serial, no) { // the barcode of goods was scanned once more
		t.verdict = BadSerial
		return nil
	}
	n, err := t.tx.ExecN(ctx, insertSerial, actor.Merchant(ctx), it.SKUID, no, t.se.ID, it.OrderID, it.LineID, t.now)
	if err != nil {
		return err
	}
	if n == 0 {
		t.verdict = UsedSerial
		return nil
	}
	t.se.SerialLine, t.se.SerialSKU = 0, 0
	if err := t.add(ctx, it, 1); err != nil {
		return err
	}
	t.verdict = Counted
	return t.finish(ctx, fulfillment.ShipOrderInput{})
}

// SerialInput says whether the pieces of a SKU show numbers of their own.
type SerialInput struct {
	SKUID  id.ID  `json:"sku_id"`
	Serial string `json:"serial"` // serial | imei, "" for none
}

// SetSerial makes verification ask for the number of each piece of a SKU (唯一码), or no
// longer. Sessions that are open keep what they began with. Permission packing.force.
//
// Errors: ErrSerialKind.
func (s *Service) SetSerial(ctx context.Context, in SerialInput) error {
	if err := actor.Require(ctx, packing.PermitForce); err != nil {
		return err
	}
	if !slices.Contains([]string{"", SerialAny, SerialIMEI}, in.Serial) {
		return ErrSerialKind.At("serial")
	}
	about := &command.About{Action: "packing.set_serial", Object: "sku/" + in.SKUID.String(), Detail: map[string]any{"serial": in.Serial}}
	_, err := command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int64, error) {
		m := actor.Merchant(ctx)
		if in.Serial == "" {
			return tx.ExecN(ctx, dropSerialSKU, m, in.SKUID)
		}
		return tx.ExecN(ctx, putSerialSKU, m, in.SKUID, in.Serial)
	})
	return err
}

// SerialKinds tells which SKUs ask for a number of each piece, and of which kind.
// Permission packing.read.
func (s *Service) SerialKinds(ctx context.Context, skuIDs []id.ID) (map[id.ID]string, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	return s.serialKinds(ctx, s.k.DB, skuIDs)
}

func (s *Service) serialKinds(ctx context.Context, q db.Querier, skuIDs []id.ID) (map[id.ID]string, error) {
	out := map[id.ID]string{}
	for part := range slices.Chunk(skuIDs, 500) {
		err := readPairs(ctx, q, selectSerialSKUs, part, func(sku id.ID, kind string) { out[sku] = kind })
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SerialsTx are the numbers of the pieces that shipped with fulfillment orders, by order
// line: what channels that ask for them are told.
func (s *Service) SerialsTx(ctx context.Context, q db.Querier, fulfillmentOrderIDs []id.ID) (map[id.ID][]string, error) {
	out := map[id.ID][]string{}
	for part := range slices.Chunk(fulfillmentOrderIDs, 500) {
		err := readPairs(ctx, q, selectSerials, part, func(line id.ID, no string) { out[line] = append(out[line], no) })
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readPairs reads rows of an id and a text for many ids.
func readPairs(ctx context.Context, q db.Querier, text func(int) string, ids []id.ID, each func(id.ID, string)) error {
	ids = db.Pad(ids)
	args := []any{actor.Merchant(ctx)}
	for _, i := range ids {
		args = append(args, i)
	}
	for row := range db.Each(ctx, q, text(len(ids)), args...) {
		var one id.ID
		var value string
		if err := row.Scan(&one, &value); err != nil {
			return err
		}
		each(one, value)
	}
	return nil
}
