package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"

	"github.com/ordercove/ordercove/internal/connector"
	"github.com/ordercove/ordercove/internal/iam"
	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
)

// demoOrderCount sizes the demo's largest shop.
const demoOrderCount = 2000

func (a *App) demo() demo {
	var channels []string
	for _, m := range connector.All() {
		channels = append(channels, m.Code)
	}
	return demo{k: a.k, shops: a.shop, catalog: a.catalog, stock: a.inventory, door: a.intake, orders: a.order, ship: a.fulfillment, channels: channels}
}

// fillDemo fills a merchant, acting as its owner.
func (a *App) fillDemo(ctx context.Context, merchant id.ID) error {
	if _, err := actor.From(ctx); err != nil {
		ctx = actor.With(ctx, actor.ForSystem(merchant, "demo"))
	}
	return a.demo().fill(ctx, demoOrderCount)
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
