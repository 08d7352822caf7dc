package print

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/label"
)

const maxName = 40

// Template is a label template: a built-in one, whose id is its number from 1, or one of
// the merchant's own.
type Template struct {
	ID        id.ID
	Builtin   bool
	Body      label.Template
	UpdatedAt int64
	Version   int64
}

func builtin() []Template {
	var out []Template
	for i, t := range label.Builtin() {
		out = append(out, Template{ID: id.ID(i + 1), Builtin: true, Body: t})
	}
	return out
}

// Templates lists the built-in templates and then the merchant's own. Permission
// packing.read.
func (s *Service) Templates(ctx context.Context) ([]Template, error) {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return nil, err
	}
	out := builtin()
	for row := range db.Each(ctx, s.k.DB, selectTemplates, actor.Merchant(ctx)) {
		t, err := scanTemplate(row)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func scanTemplate(r scanner) (t Template, err error) {
	var name, body string
	if err = r.Scan(&t.ID, &name, &body, &t.UpdatedAt, &t.Version); err != nil {
		return t, err
	}
	t.Body, err = label.Parse([]byte(body))
	t.Body.Name = name
	return t, err
}

func (s *Service) template(ctx context.Context, q db.Querier, template id.ID) (Template, error) {
	if all := builtin(); template > 0 && int(template) <= len(all) {
		return all[template-1], nil
	}
	t, err := scanTemplate(q.QueryRow(ctx, selectTemplate, actor.Merchant(ctx), template))
	if errors.Is(err, sql.ErrNoRows) {
		return t, ErrNoTemplate
	}
	return t, err
}

// TemplateInput is a template to keep. ID 0 makes a new one; Version is the one that was
// read.
type TemplateInput struct {
	ID      id.ID          `json:"id"`
	Body    label.Template `json:"body"`
	Version int64          `json:"version"`
}

// PutTemplate keeps a template of the merchant's own. Permission packing.print.
//
// Errors: ErrBadName, ErrBuiltin, ErrChanged, label.ErrTemplate, label.ErrUnknownField.
func (s *Service) PutTemplate(ctx context.Context, in TemplateInput) (Template, error) {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return Template{}, err
	}
	in.Body.Name = strings.TrimSpace(in.Body.Name)
	if n := utf8.RuneCountInString(in.Body.Name); n == 0 || n > maxName {
		return Template{}, ErrBadName.With("max", maxName).At("name")
	}
	if in.ID > 0 && int(in.ID) <= len(label.Builtin()) {
		return Template{}, ErrBuiltin
	}
	if err := in.Body.Check(); err != nil {
		return Template{}, err
	}
	body, err := json.Marshal(in.Body)
	if err != nil {
		return Template{}, err
	}
	about := &command.About{Action: "print.put_template"}
	return command.Run(ctx, s.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (Template, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return Template{}, err
		}
		now := clock.Millis(s.k.Clock)
		out := Template{ID: in.ID, Body: in.Body, UpdatedAt: now, Version: in.Version + 1}
		if in.ID == 0 {
			out.ID, out.Version = s.k.IDs.New(), 1
			_, err = tx.Exec(ctx, insertTemplate, a.MerchantID, out.ID, in.Body.Name, string(body), a.ID, now)
		} else {
			var n int64
			n, err = tx.ExecN(ctx, updateTemplate, in.Body.Name, string(body), a.ID, now, a.MerchantID, in.ID, in.Version)
			if err == nil && n == 0 {
				err = ErrChanged
			}
		}
		about.Object = "label_template/" + out.ID.String()
		return out, err
	})
}

// DeleteTemplate drops a template of the merchant's own. Permission packing.print.
//
// Errors: ErrNoTemplate, ErrBuiltin.
func (s *Service) DeleteTemplate(ctx context.Context, template id.ID) error {
	if err := actor.Require(ctx, packing.PermitPrint); err != nil {
		return err
	}
	if template > 0 && int(template) <= len(label.Builtin()) {
		return ErrBuiltin
	}
	about := &command.About{Action: "print.delete_template", Object: "label_template/" + template.String()}
	_, err := command.Run(ctx, s.k.Commands, about, template, func(ctx context.Context, tx *db.Tx) (int64, error) {
		n, err := tx.ExecN(ctx, deleteTemplate, actor.Merchant(ctx), template)
		if err == nil && n == 0 {
			err = ErrNoTemplate
		}
		return n, err
	})
	return err
}

// Preview draws a template with invented data, so that nobody's address is needed to try
// it. Permission packing.read.
//
// Errors: label.ErrTemplate, label.ErrUnknownField; label.ErrTooLong and ErrBarcode where
// the sample does not fit.
func (s *Service) Preview(ctx context.Context, w io.Writer, t label.Template) error {
	if err := actor.Require(ctx, packing.PermitRead); err != nil {
		return err
	}
	out, err := label.Render(w, t, []label.Label{sample(s.k.Clock.Now().In(china))})
	if err == nil && len(out) > 0 {
		err = out[0].Err
	}
	return err
}

func sample(at time.Time) label.Label {
	return label.Label{Carrier: "中通快递", Product: "标准快递", WaybillNo: "75000012345678", Piece: 1, Pieces: 1, Route: "310-P6 031", Hub: "浙江集散", QR: "75000012345678",
		Receiver: label.Party{Name: "沈知夏", Phone: "13800138000", Address: "浙江省杭州市西湖区文三路 1 号青禾大厦 8 楼 802 室"},
		Sender:   label.Party{Name: "青禾茶铺", Phone: "13800000001", Address: "浙江省杭州市西湖区孤山路 1 号"},
		Items:    []label.Item{{Code: "TEA-100", Name: "明前龙井", Spec: "100 克", Quantity: 2}, {Code: "CUP-01", Name: "青瓷杯", Quantity: 1}},
		OrderNos: []string{"260000000001"}, Shop: "青禾茶铺", BuyerNotes: []string{"请放门卫处"}, SellerNotes: []string{"加一张贺卡"},
		Services: []string{"送货上门"}, CollectFen: 8_850, WeightGram: 380, Batch: "1122-3", Sequence: 7, Total: 120, Position: "W1122-2 #7", PrintedAt: at}
}
