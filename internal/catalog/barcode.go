package catalog

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
)

const maxBarcodes = 20

// sortedText trims, sorts and drops repeats and blanks.
func sortedText(in []string) []string {
	var out []string
	for _, b := range in {
		if b = strings.TrimSpace(b); b != "" {
			out = append(out, b)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func checkBarcodes(codes []string) error {
	if len(codes) > maxBarcodes {
		return ErrManyBarcodes.At("barcodes")
	}
	for _, b := range codes {
		bad := strings.ContainsFunc(b, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError })
		if bad || utf8.RuneCountInString(b) > 64 {
			return ErrBadBarcode.With("barcode", b).At("barcodes")
		}
	}
	return nil
}

// setBarcodes makes the SKU's barcodes exactly codes.
func (s *Service) setBarcodes(ctx context.Context, tx *db.Tx, k *SKU, codes []string) error {
	codes = sortedText(codes)
	if err := checkBarcodes(codes); err != nil {
		return err
	}
	m := actor.Merchant(ctx)
	for _, b := range k.Barcodes {
		if !slices.Contains(codes, b) {
			if _, err := tx.Exec(ctx, deleteBarcode, m, b, k.ID); err != nil {
				return err
			}
		}
	}
	for _, b := range codes {
		if err := s.claimBarcode(ctx, tx, k, b); err != nil {
			return err
		}
	}
	k.Barcodes = codes
	return nil
}

func (s *Service) claimBarcode(ctx context.Context, tx *db.Tx, k *SKU, b string) error {
	if slices.Contains(k.Barcodes, b) {
		return nil
	}
	m := actor.Merchant(ctx)
	n, err := tx.ExecN(ctx, insertBarcode, m, b, k.ID)
	if err != nil || n == 1 {
		return err
	}
	var owner id.ID
	var code string
	if err := tx.QueryRow(ctx, selectOwner, m, b).Scan(&owner, &code); err != nil {
		return err
	}
	if owner != k.ID {
		return ErrBarcodeTaken.With("barcode", b, "code", code).At("barcodes")
	}
	return nil
}

// FindByBarcodeTx returns the SKU a barcode stands for, and false when it is nobody's.
func (s *Service) FindByBarcodeTx(ctx context.Context, q db.Querier, barcode string) (SKU, bool, error) {
	var owner id.ID
	var code string
	err := q.QueryRow(ctx, selectOwner, actor.Merchant(ctx), strings.TrimSpace(barcode)).Scan(&owner, &code)
	if errors.Is(err, sql.ErrNoRows) {
		return SKU{}, false, nil
	}
	if err != nil {
		return SKU{}, false, err
	}
	k, err := s.skuTx(ctx, q, owner)
	return k, err == nil, err
}

// BarcodesTx lists the barcodes of SKUs.
func (s *Service) BarcodesTx(ctx context.Context, q db.Querier, skus []id.ID) (map[id.ID][]string, error) {
	out := map[id.ID][]string{}
	for part := range slices.Chunk(skus, 500) {
		args := []any{actor.Merchant(ctx)}
		for _, one := range db.Pad(part) {
			args = append(args, one)
		}
		err := db.Read(ctx, q, selectBarcodes(len(args)-1), args, func(r *db.Row) {
			code, one := r.Text(), id.ID(r.Int())
			out[one] = append(out[one], code)
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
