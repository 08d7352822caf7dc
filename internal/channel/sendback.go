package channel

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/shop"
)

// SendBack gives shipments back to channels by their own batch-ship files (回传):
// the empty template is uploaded once per shop and filled whenever parcels wait.
type SendBack struct {
	k       *kit.Kit
	all     []Manifest
	shops   *shop.Service
	orders  *order.Service
	parcels *fulfillment.Service
}

// NewSendBack wires it.
func NewSendBack(k *kit.Kit, all []Manifest, shops *shop.Service, orders *order.Service, parcels *fulfillment.Service) *SendBack {
	return &SendBack{k: k, all: all, shops: shops, orders: orders, parcels: parcels}
}

// MaxTemplateBytes bounds a template file.
const MaxTemplateBytes = 10 << 20

// SavedTemplate is a shop's remembered batch-ship template.
type SavedTemplate struct {
	ShopID    id.ID         `json:"shop_id"`
	FileID    id.ID         `json:"file_id"`
	FileName  string        `json:"file_name"`
	Shape     TemplateShape `json:"shape"`
	UpdatedBy id.ID         `json:"updated_by"`
	UpdatedAt int64         `json:"updated_at"`
}

func scanTemplate(scan func(...any) error) (t SavedTemplate, err error) {
	var shape string
	if err = scan(&t.ShopID, &t.FileID, &t.FileName, &shape, &t.UpdatedBy, &t.UpdatedAt); err == nil {
		err = json.Unmarshal([]byte(shape), &t.Shape)
	}
	return t, err
}

// NewTemplate describes a template to kit/file, for the upload that precedes Save.
func (s *SendBack) NewTemplate() file.New { return file.New{Purpose: "template"} }

// Save remembers a stored file as the shop's batch-ship template (批量发货模板). It
// replaces the one before. Permission fulfillment.ship.
//
// Errors: shop.ErrNotFound, ErrTemplateHeader, file.ErrNotFound, those of kit/sheet.
func (s *SendBack) Save(ctx context.Context, shopID, fileID id.ID) (SavedTemplate, error) {
	if err := actor.Require(ctx, fulfillment.PermitShip); err != nil {
		return SavedTemplate{}, err
	}
	if _, err := s.shops.Get(ctx, shopID); err != nil {
		return SavedTemplate{}, err
	}
	book, err := s.open(ctx, fileID)
	if err != nil {
		return SavedTemplate{}, err
	}
	shape, err := DescribeTemplate(book)
	if err != nil {
		return SavedTemplate{}, err
	}
	text, err := json.Marshal(shape)
	if err != nil {
		return SavedTemplate{}, err
	}
	about := &command.About{Action: "channel.save_ship_template", Object: "shop/" + shopID.String()}
	return command.Run(ctx, s.k.Commands, about, []id.ID{shopID, fileID}, func(ctx context.Context, tx *db.Tx) (SavedTemplate, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return SavedTemplate{}, err
		}
		old, err := templateOf(ctx, tx, shopID)
		if err != nil && !errors.Is(err, ErrTemplateMissing) {
			return SavedTemplate{}, err
		}
		t := SavedTemplate{ShopID: shopID, FileID: fileID, FileName: book.Name, Shape: shape, UpdatedBy: a.ID, UpdatedAt: clock.Millis(s.k.Clock)}
		if _, err := tx.Exec(ctx, upsertTemplate, a.MerchantID, shopID, fileID, t.FileName, string(text), t.UpdatedBy, t.UpdatedAt); err != nil {
			return SavedTemplate{}, err
		}
		if old.FileID != 0 && old.FileID != fileID {
			return t, s.k.Files.DeleteTx(ctx, tx, old.FileID)
		}
		return t, nil
	})
}

func (s *SendBack) open(ctx context.Context, fileID id.ID) (*sheet.Book, error) {
	r, err := s.k.Files.Open(ctx, fileID)
	if err != nil {
		return nil, err
	}
	lim := sheet.DefaultLimits()
	lim.FileBytes = MaxTemplateBytes
	return sheet.Open(r.Name, r, r.Size(), lim)
}

// List returns the templates of the shops the actor may see.
func (s *SendBack) List(ctx context.Context) ([]SavedTemplate, error) {
	a, err := actor.From(ctx)
	if err != nil {
		return nil, err
	}
	var out []SavedTemplate
	for row := range db.Each(ctx, s.k.DB, selectTemplates, a.MerchantID) {
		t, err := scanTemplate(row.Scan)
		if err != nil {
			return nil, err
		}
		if a.InScope(shop.Scope, t.ShopID) {
			out = append(out, t)
		}
	}
	return out, nil
}

func templateOf(ctx context.Context, q db.Querier, shopID id.ID) (SavedTemplate, error) {
	t, err := scanTemplate(q.QueryRow(ctx, selectTemplate, actor.Merchant(ctx), shopID).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return SavedTemplate{}, ErrTemplateMissing
	}
	return t, err
}

// FillInput says which parcels go into the file.
type FillInput struct {
	ShopID id.ID
	// ParcelIDs are the chosen ones; nil is every parcel not yet reported.
	ParcelIDs []id.ID
}

// FilledTemplate is a template filled with parcels. Nothing is marked as reported:
// the merchant says so once the channel has taken the file.
type FilledTemplate struct {
	Name      string
	MediaType string
	Rows      int
	// ParcelIDs are in the file.
	ParcelIDs []id.ID
	// LeftOut are further parcels of an order that is in the file already; the
	// channel takes one number per order from a file, the others are added by hand.
	LeftOut []id.ID
	// UnknownCarriers are not in the template's own list; the channel will probably
	// refuse their rows.
	UnknownCarriers []string

	book      *sheet.Book
	shape     TemplateShape
	shipments []Shipment
}

// Write writes the file.
func (f *FilledTemplate) Write(w io.Writer) error {
	_, err := FillTemplate(w, f.book, f.shape, f.shipments)
	return err
}

// Fill fills the shop's template with parcels of ours that the channel does not
// know yet, the oldest first, carriers in the channel's spelling. Permission
// fulfillment.ship.
//
// Errors: shop.ErrNotFound, ErrTemplateMissing, ErrTemplateChanged,
// ErrTemplateLines, ErrNothingToReport, fulfillment.ErrParcelNotFound.
func (s *SendBack) Fill(ctx context.Context, in FillInput) (*FilledTemplate, error) {
	if err := actor.Require(ctx, fulfillment.PermitShip); err != nil {
		return nil, err
	}
	sh, err := s.shops.Get(ctx, in.ShopID)
	if err != nil {
		return nil, err
	}
	t, err := templateOf(ctx, s.k.DB, in.ShopID)
	if err != nil {
		return nil, err
	}
	f := &FilledTemplate{Name: filledName(t.FileName, s.k.Clock.Now()), MediaType: mediaType(t.Shape.Format), shape: t.Shape}
	if f.book, err = s.open(ctx, t.FileID); err != nil {
		return nil, err
	}
	if err := s.gather(ctx, sh, in, f); err != nil {
		return nil, err
	}
	if len(f.shipments) == 0 {
		return nil, ErrNothingToReport
	}
	done, err := FillTemplate(io.Discard, f.book, f.shape, f.shipments)
	if err != nil {
		return nil, err
	}
	f.Rows, f.UnknownCarriers = done.Rows, done.UnknownCarriers
	return f, nil
}

// Reported records that the merchant has given these parcels of the shop to the
// channel. Permission fulfillment.ship.
//
// Errors: shop.ErrNotFound, fulfillment.ErrParcelNotFound.
func (s *SendBack) Reported(ctx context.Context, shopID id.ID, parcels []id.ID) (fulfillment.Reported, error) {
	if _, err := s.shops.Get(ctx, shopID); err != nil {
		return fulfillment.Reported{}, err
	}
	return s.parcels.MarkReported(ctx, shopID, parcels)
}

// gather collects the shipments of the parcels in question.
func (s *SendBack) gather(ctx context.Context, sh shop.Shop, in FillInput, f *FilledTemplate) error {
	filter := fulfillment.ParcelFilter{ShopIDs: []id.ID{sh.ID}, IDs: in.ParcelIDs}
	if in.ParcelIDs == nil {
		filter.Reported = new(bool)
	}
	manifest, _ := Find(s.all, sh.Channel)
	seen := map[id.ID]bool{}
	found := 0
	err := s.parcels.EachParcelTx(ctx, s.k.DB, filter, func(page []fulfillment.Parcel) error {
		found += len(page)
		ids := make([]id.ID, len(page))
		for i, p := range page {
			ids[i] = p.OrderID
		}
		orders, err := s.orders.LoadTx(ctx, s.k.DB, slices.Compact(slices.Sorted(slices.Values(ids))))
		if err != nil {
			return err
		}
		for _, p := range page {
			at := slices.IndexFunc(orders, func(o order.Order) bool { return o.ID == p.OrderID })
			if at < 0 || p.Kind != fulfillment.KindExpress || p.CancelledAt != 0 || orders[at].Source == "manual" {
				continue
			}
			if !f.shape.ByLine && (seen[p.OrderID] || orders[at].ParcelCount > 1 && s.toldBefore(ctx, p)) {
				f.LeftOut = append(f.LeftOut, p.ID)
				continue
			}
			seen[p.OrderID] = true
			f.ParcelIDs = append(f.ParcelIDs, p.ID)
			f.shipments = append(f.shipments, Shipment{ChannelOrderNo: orders[at].ChannelOrderNo, Lines: lineNos(&orders[at], p),
				Carrier: manifest.carrierName(p, f.shape.Carriers), No: p.WaybillNo})
		}
		return nil
	})
	if err == nil && in.ParcelIDs != nil && found < len(slices.Compact(slices.Sorted(slices.Values(in.ParcelIDs)))) {
		return fulfillment.ErrParcelNotFound
	}
	return err
}

// toldBefore: the channel knows another parcel of the order.
func (s *SendBack) toldBefore(ctx context.Context, p fulfillment.Parcel) bool {
	told := true
	others, _, err := s.parcels.Parcels(ctx, fulfillment.ParcelFilter{OrderID: p.OrderID, Reported: &told})
	return err == nil && slices.ContainsFunc(others, func(o fulfillment.Parcel) bool { return o.ID != p.ID && o.CancelledAt == 0 })
}

// lineNos are the channel's numbers of the lines in a parcel.
func lineNos(o *order.Order, p fulfillment.Parcel) []string {
	var out []string
	for _, l := range o.Lines {
		in := slices.ContainsFunc(p.Lines, func(q order.LineQty) bool { return q.LineID == l.ID })
		if in && l.ChannelLineNo != "" && !slices.Contains(out, l.ChannelLineNo) {
			out = append(out, l.ChannelLineNo)
		}
	}
	return out
}

// carrierName is how the channel writes the parcel's carrier: as its template
// lists it, else as its connector says, else the carrier's full name.
func (m Manifest) carrierName(p fulfillment.Parcel, list []string) string {
	own := m.CarrierNames[p.Carrier]
	carrier, known := logistics.Get(p.Carrier)
	if len(list) > 0 {
		for _, name := range append([]string{own, p.CarrierName}, logistics.Spellings(p.Carrier)...) {
			if match, ok := MatchCarrier(name, list); name != "" && ok {
				return match
			}
		}
	}
	switch {
	case own != "":
		return own
	case known && !fullName(p.CarrierName):
		return carrier.NameZH
	}
	return p.CarrierName
}

// fullName tells 申通快递 from 申通.
func fullName(s string) bool {
	return slices.ContainsFunc(slices.Concat(parcelEnds, freightEnds), func(e string) bool { return strings.HasSuffix(s, e) && len(s) > len(e) })
}

func filledName(name string, now time.Time) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + now.In(time.FixedZone("", 8*3600)).Format("20060102-1504") + ext
}

func mediaType(f sheet.Format) string {
	if f == sheet.XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv"
}
