// Package systemapi tells about the installation itself and keeps open pages up
// to date.
package systemapi

import (
	"context"
	"strconv"

	"github.com/ordercove/ordercove/internal/kit"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/live"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// System is what anybody may know before signing in.
type System struct {
	Version     string `json:"version"`
	UI          string `json:"ui" enum:"embedded,absent"`
	Engine      string `json:"engine" enum:"sqlite,postgres"`
	SetupNeeded bool   `json:"setup_needed" doc:"No merchant exists yet"`
	TimeZone    string `json:"time_zone"`
	Demo        bool   `json:"demo" doc:"The instance shows example data"`
}

type systemOutput struct{ Body System }

// Topics maps what a page watches to the permission it takes; "" takes none.
var Topics = map[string]string{"orders": "order.read", "stock": "inventory.read", "shops": "shop.read", "catalog": "catalog.read", "sync": "channel.read", "waves": "packing.read",
	"print": "packing.read", "handovers": "packing.read", "aftersales": "aftersale.read", "carriers": "logistics.read", "waybills": "logistics.read", "jobs": ""}

// topicOf maps what an event is about to the topic under which it is told.
var topicOf = map[string]string{"order": "orders", "fulfillment_order": "orders", "sku": "catalog", "product": "catalog", "listing": "catalog", "stock": "stock", "warehouse": "stock",
	"shop": "shops", "sync": "sync", "access": "sync", "aftersale": "aftersales", "return": "aftersales", "wave": "waves", "print_batch": "print", "handover": "handovers",
	"carrier_account": "carriers", "carrier_suspension": "carriers", "waybill": "waybills"}

// Topic is the topic under which a change of an aggregate is told, "" for none.
func Topic(aggregate string) string { return topicOf[aggregate] }

// Routes registers the operations.
func Routes(api *web.API, k *kit.Kit, hub *live.Hub, system func(context.Context) (System, error)) {
	web.Register(api, web.Op{ID: "getSystem", Method: "GET", Path: "/system", Tag: "system", ZH: "版本与安装状态", EN: "Version and state of the installation"},
		func(ctx context.Context, _ *struct{}) (*systemOutput, error) {
			s, err := system(ctx)
			if err != nil {
				return nil, err
			}
			return &systemOutput{s}, nil
		})
	web.Register(api, web.Op{ID: "streamEvents", Method: "GET", Path: "/events/stream", Tag: "system", Permission: web.SignedIn,
		ZH: "实时变更通知（SSE），只通知哪些数据变了", EN: "Server-sent events that tell which data changed, never the data"}, stream(api, hub))
	web.Register(api, web.Op{ID: "getOutbox", Method: "GET", Path: "/outbox", Tag: "system", Permission: "system.read",
		ZH: "事件与后台任务的处理进度", EN: "How far events and background jobs are"}, outbox(k.Runner, k.Jobs))
}

type streamInput struct {
	LastEventID string `header:"Last-Event-ID"`
}

type change struct {
	Type string `json:"type"`
}

func stream(api *web.API, hub *live.Hub) func(context.Context, *streamInput) (*web.Stream, error) {
	return func(ctx context.Context, in *streamInput) (*web.Stream, error) {
		a, err := actor.From(ctx)
		if err != nil {
			return nil, err
		}
		l := hub.Listen(a.MerchantID)
		missed := []string{}
		if in.LastEventID != "" { // something may have changed while nobody listened
			for t := range Topics {
				missed = append(missed, t)
			}
		}
		seen := int64(0)
		next := func(ctx context.Context) (web.Message, error) {
			for {
				t := ""
				if len(missed) > 0 {
					t, missed = missed[0], missed[1:]
				} else {
					t, seen = l.Next(ctx)
				}
				if t == "" {
					return web.Message{}, ctx.Err()
				}
				if p := Topics[t]; p == "" || a.Can(p) {
					return web.Message{ID: strconv.FormatInt(seen, 10), Type: t, Data: change{t}}, nil
				}
			}
		}
		going := func(ctx context.Context) bool {
			select {
			case <-l.Closed():
				return false
			default:
				return api.Check(ctx, web.SignedIn)
			}
		}
		return web.SendEvents(next, going, l.Close), nil
	}
}
