package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/ordercove/ordercove/internal/connector"
	"github.com/ordercove/ordercove/internal/fulfillment/allocate"
	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/setting"
)

// demoOrderCount sizes the demo's largest shop.
const demoOrderCount = 12000

func (a *App) demo() demo {
	var channels []string
	for _, m := range connector.All() {
		channels = append(channels, m.Code)
	}
	return demo{k: a.k, shops: a.shop, catalog: a.catalog, stock: a.inventory, door: a.intake, orders: a.order, ship: a.fulfillment,
		routes: allocate.New(a.k, a.catalog, a.inventory), after: a.aftersale, way: a.shipping, channels: channels}
}

// fillDemo fills a merchant, acting as its owner.
func (a *App) fillDemo(ctx context.Context, merchant id.ID) error {
	if _, err := actor.From(ctx); err != nil {
		ctx = actor.With(ctx, actor.ForSystem(merchant, "demo"))
	}
	if err := a.demo().fill(ctx, demoOrderCount); err != nil {
		return err
	}
	_, err := a.setting.Set(ctx, setting.SetInput{Name: demoSetting, Value: json.RawMessage("true"), Version: -1})
	return err
}

// demoSetting tells readers of the screens that nothing they see is real.
const demoSetting = "app.demo"

// demoJob fills a merchant in the background: the wizard that asked goes on.
const demoJob = "app.fill_demo"

func (a *App) registerDemo() {
	a.k.Jobs.Register(demoJob, job.Handler{MaxAttempts: 1, Run: func(ctx context.Context, r *job.Run) error {
		if err := a.fillDemo(ctx, r.Job.MerchantID); err != nil {
			return err
		}
		return r.Advance(ctx, func(context.Context, *db.Tx) (job.Step, error) { return job.Step{Done: 1, OK: 1}, nil })
	}})
}

// enqueueDemo asks for example data in the merchant that was just created.
func (a *App) enqueueDemo(ctx context.Context, merchant id.ID) error {
	return a.k.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := a.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: demoJob, Payload: struct{}{}, UniqueKey: demoJob, Visible: true, Total: 1})
		return err
	})
}

// Demo makes a merchant with example data in an empty installation and prints how
// to sign in. In one that has merchants it fills the first, if that one is empty.
func Demo(ctx context.Context, cfg Config, out io.Writer) error {
	return with(ctx, cfg, func(a *App) error {
		all, err := a.iam.Merchants(ctx)
		if err != nil {
			return err
		}
		if len(all) > 0 {
			return a.fillDemo(ctx, all[0].ID)
		}
		token, err := a.iam.CreateSetupToken(ctx, "")
		if err != nil {
			return err
		}
		in := iam.SetupInput{Token: token, MerchantCode: "demo", MerchantName: "暖冬家居", UserName: "boss", DisplayName: "林店长",
			Password: strings.ToLower(rand.Text()[:16]), Lang: "zh-CN"}
		r, err := a.iam.Setup(ctx, in)
		if err != nil {
			return err
		}
		if err := a.fillDemo(ctx, r.MerchantID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "商家代码 merchant: %s\n用户名 user:     %s\n密码 password:   %s\n", in.MerchantCode, in.UserName, in.Password)
		return err
	})
}
