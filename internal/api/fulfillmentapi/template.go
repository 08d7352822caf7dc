package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/file"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/sheet"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/shop"
)

// ShipTemplate is a shop's remembered batch-ship template.
type ShipTemplate struct {
	ShopID     id.ID    `json:"shop_id"`
	FileName   string   `json:"file_name"`
	UpdatedAt  web.Time `json:"updated_at"`
	Unreported int64    `json:"unreported" doc:"parcels the channel was not told of; 10000 stands for more"`
	Columns    []string `json:"columns" nullable:"false"`
	ByLine     bool     `json:"by_line" doc:"one row per order line instead of per order"`
	Carriers   int64    `json:"carriers" doc:"how many carriers the template's own list has"`
}

type templatesOutput struct{ Body web.Page[ShipTemplate] }

type templateOutput struct{ Body ShipTemplate }

type templateInput struct {
	ShopID id.ID `path:"shop_id"`
}

type filledInput struct {
	ShopID     id.ID   `path:"shop_id"`
	ParcelIDs  web.IDs `query:"parcel_ids" doc:"chosen parcels"`
	Unreported string  `query:"unreported" enum:"true" doc:"every parcel the channel was not told of; the default"`
}

// FilledSummary is what a filled file would hold.
type FilledSummary struct {
	Name            string   `json:"name"`
	Rows            int64    `json:"rows"`
	ParcelIDs       []id.ID  `json:"parcel_ids" nullable:"false" doc:"in the file: report these once the channel took it"`
	LeftOut         []id.ID  `json:"left_out" nullable:"false" doc:"further parcels of orders that are in the file already; the channel takes one number per order from a file"`
	UnknownCarriers []string `json:"unknown_carriers" nullable:"false" doc:"not in the template's own list"`
}

type summaryOutput struct{ Body FilledSummary }

type reportedInput struct {
	ShopID id.ID `path:"shop_id"`
	Body   struct {
		ParcelIDs []id.ID `json:"parcel_ids" minItems:"1" maxItems:"10000"`
	}
}

type reportedOutput struct{ Body fulfillment.Reported }

var templateUpload = web.Upload{MaxBytes: channel.MaxTemplateBytes}

var fillErrors = []*errs.Error{shop.ErrNotFound, channel.ErrTemplateMissing, channel.ErrTemplateChanged, channel.ErrTemplateLines, channel.ErrNothingToReport, fulfillment.ErrParcelNotFound}

func templateRoutes(api *web.API, s Services) {
	web.Register(api, web.Op{ID: "listShipTemplates", Method: "GET", Path: "/ship-templates", Tag: tag, Permission: fulfillment.PermitRead,
		ZH: "各店铺的批量发货模板", EN: "The batch-ship templates of the shops"}, s.templates)
	web.Register(api, web.Op{ID: "saveShipTemplate", Method: "PUT", Path: "/ship-templates/{shop_id}", Tag: tag, Permission: fulfillment.PermitShip, Upload: &templateUpload,
		Errors: []*errs.Error{shop.ErrNotFound, channel.ErrTemplateHeader, file.ErrNotFound, sheet.ErrUnreadable, sheet.ErrEmpty, sheet.ErrTooLarge},
		ZH:     "上传平台的空白批量发货模板，按店铺记住", EN: "Upload the channel's empty batch-ship template; it is remembered for the shop"}, s.saveTemplate)
	web.Register(api, web.Op{ID: "downloadFilledTemplate", Method: "GET", Path: "/ship-templates/{shop_id}/filled", Tag: tag, Permission: fulfillment.PermitShip, Errors: fillErrors,
		ZH: "下载填好的批量发货文件；下载不等于已回传", EN: "Download the filled batch-ship file; downloading reports nothing"}, s.filled)
	web.Register(api, web.Op{ID: "previewFilledTemplate", Method: "GET", Path: "/ship-templates/{shop_id}/preview", Tag: tag, Permission: fulfillment.PermitShip, Errors: fillErrors,
		ZH: "填好的文件里会有哪些包裹", EN: "What the filled file would hold"}, s.previewFilled)
	web.Register(api, web.Op{ID: "reportParcels", Method: "POST", Path: "/ship-templates/{shop_id}/reported", Tag: tag, Permission: fulfillment.PermitShip,
		Errors: []*errs.Error{shop.ErrNotFound, fulfillment.ErrParcelNotFound}, ZH: "确认这些包裹已回传平台", EN: "Say that the channel has been told of these parcels"}, s.reported)
}

func (s Services) template(ctx context.Context, t channel.SavedTemplate) (ShipTemplate, error) {
	n, err := s.Fulfillment.Unreported(ctx, t.ShopID)
	out := ShipTemplate{ShopID: t.ShopID, FileName: t.FileName, UpdatedAt: web.Time(t.UpdatedAt), Unreported: n, Columns: t.Shape.Header,
		ByLine: t.Shape.ByLine, Carriers: int64(len(t.Shape.Carriers))}
	if out.Columns == nil {
		out.Columns = []string{}
	}
	return out, err
}

func (s Services) templates(ctx context.Context, _ *struct{}) (*templatesOutput, error) {
	all, err := s.SendBack.List(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]ShipTemplate, len(all))
	for i, t := range all {
		if out[i], err = s.template(ctx, t); err != nil {
			return nil, err
		}
	}
	return &templatesOutput{web.NewPage(out, "")}, nil
}

func (s Services) saveTemplate(ctx context.Context, in *templateInput) (*templateOutput, error) {
	stored, _, err := web.ReceiveFiles(ctx, s.Store, templateUpload, s.SendBack.NewTemplate())
	if err != nil {
		return nil, err
	}
	t, err := s.SendBack.Save(command.WithKey(ctx, ""), in.ShopID, stored[0].ID)
	if err != nil {
		_ = s.Store.Delete(context.WithoutCancel(ctx), stored[0].ID)
		return nil, err
	}
	out, err := s.template(ctx, t)
	return &templateOutput{out}, err
}

func (s Services) fill(ctx context.Context, in *filledInput) (*channel.FilledTemplate, error) {
	return s.SendBack.Fill(ctx, channel.FillInput{ShopID: in.ShopID, ParcelIDs: in.ParcelIDs.List})
}

func (s Services) filled(ctx context.Context, in *filledInput) (*web.Stream, error) {
	f, err := s.fill(ctx, in)
	if err != nil {
		return nil, err
	}
	return web.SendDownload(f.Name, f.MediaType, f.Write), nil
}

func (s Services) previewFilled(ctx context.Context, in *filledInput) (*summaryOutput, error) {
	f, err := s.fill(ctx, in)
	if err != nil {
		return nil, err
	}
	out := FilledSummary{Name: f.Name, Rows: int64(f.Rows), ParcelIDs: f.ParcelIDs, LeftOut: f.LeftOut, UnknownCarriers: f.UnknownCarriers}
	if out.LeftOut == nil {
		out.LeftOut = []id.ID{}
	}
	if out.UnknownCarriers == nil {
		out.UnknownCarriers = []string{}
	}
	return &summaryOutput{out}, nil
}

func (s Services) reported(ctx context.Context, in *reportedInput) (*reportedOutput, error) {
	done, err := s.SendBack.Reported(ctx, in.ShopID, in.Body.ParcelIDs)
	return &reportedOutput{done}, err
}
