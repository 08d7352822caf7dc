package presale

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/setting"
)

// LeadHours is the setting of how long before its promised time a presale may leave.
const LeadHours = "fulfillment.presale_lead_hours"

// usual is the lead where nothing was set, in hours: what channels give for goods that are
// there. The promise is the last moment, not the first.
const usual = 48

// Settings are what merchants decide about presales.
func Settings() []setting.Def {
	return []setting.Def{{Name: LeadHours, Kind: setting.Int, Default: int64(usual), Min: 0, Max: 720,
		ZH: "预售提前发货小时数", EN: "Hours before their promised time from which presales ship",
		HintZH: "全款预售在承诺发货时间前多久可以打单、进波次", HintEN: "From then on fully paid presales can be printed and join waves"}}
}

// Is reports whether an order is a presale.
func Is(o *order.Order) bool { return slices.Contains(o.ChannelFlags, order.FlagPresale) }

// At is from when an order may leave with a lead, 0 for at once.
func At(o *order.Order, lead time.Duration) int64 {
	if !Is(o) {
		return 0
	}
	return max(0, o.ShipByAt-lead.Milliseconds())
}

// LeadTx reads the merchant's lead.
func LeadTx(ctx context.Context, q db.Querier) (time.Duration, error) {
	hours := int64(usual)
	err := db.Read(ctx, q, selectLead, []any{actor.Merchant(ctx), LeadHours}, func(r *db.Row) {
		if n, err := strconv.ParseInt(r.Text(), 10, 64); err == nil {
			hours = n
		}
	})
	return time.Duration(hours) * time.Hour, err
}

// jobFollow brings open fulfillment orders in line with another lead.
const jobFollow = "fulfillment.presale_lead"

// page is how many fulfillment orders one transaction looks at.
const page = 200

// Service has fulfillment orders follow the setting.
type Service struct {
	k       *kit.Kit
	refresh func(ctx context.Context, tx *db.Tx, fulfillmentOrders []id.ID) error
}

// New registers the job; refresh is fulfillment.Service.RefreshTx.
func New(k *kit.Kit, refresh func(context.Context, *db.Tx, []id.ID) error) *Service {
	s := &Service{k, refresh}
	k.Jobs.Register(jobFollow, job.Handler{Run: s.follow})
	return s
}

// SetTx follows a lead that was set just now.
func (s *Service) SetTx(ctx context.Context, tx *db.Tx, _ any) error {
	_, err := s.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: jobFollow, UniqueKey: jobFollow, Coalesce: true})
	return err
}

func (s *Service) follow(ctx context.Context, _ *job.Run) error {
	for after := id.ID(0); ; {
		var ids []id.ID
		err := db.Read(ctx, s.k.DB, selectOpen, []any{actor.Merchant(ctx), after, page}, func(r *db.Row) { ids = append(ids, id.ID(r.Int())) })
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.refresh(ctx, tx, ids) }); err != nil {
			return err
		}
		after = ids[len(ids)-1]
	}
}
