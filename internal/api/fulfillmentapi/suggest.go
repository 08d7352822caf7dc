package fulfillmentapi

import (
	"context"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/fulfillment/suggest"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/page"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// MergeMember is a fulfillment order that could travel with others.
type MergeMember struct {
	ID          id.ID    `json:"id"`
	OrderIDs    []id.ID  `json:"order_ids" nullable:"false"`
	OrderNos    []string `json:"order_nos" nullable:"false" doc:"the channels' numbers"`
	ShopID      id.ID    `json:"shop_id"`
	WarehouseID id.ID    `json:"warehouse_id"`
	Receiver    string   `json:"receiver" doc:"masked"`
	Place       string   `json:"place" doc:"province, city and district"`
	Pieces      int64    `json:"pieces" doc:"left to ship"`
	Sealed      string   `json:"sealed" enum:",wave,print,hand"`
	ShipByAt    web.Time `json:"ship_by_at"`
	CreatedAt   web.Time `json:"created_at"`
	Version     int64    `json:"version"`
	WhyNot      *Note    `json:"why_not" doc:"why it cannot be merged now; null where it can"`
}

// MergeSuggestion is fulfillment orders of one receiver.
type MergeSuggestion struct {
	Members  []MergeMember `json:"members" nullable:"false"`
	Apart    []MergeMember `json:"apart" nullable:"false" doc:"go to the same receiver, and cannot travel with the others now"`
	ShipByAt web.Time      `json:"ship_by_at" doc:"the earliest"`
	ReadyAt  web.Time      `json:"ready_at" doc:"until when further orders of the receiver are waited for"`
	Ready    bool          `json:"ready" doc:"no further orders are waited for"`
}

// MergeAnswer says what would be merged, or which job merges.
type MergeAnswer struct {
	Groups            int64       `json:"groups" doc:"Of a dry run"`
	FulfillmentOrders int64       `json:"fulfillment_orders" doc:"Of a dry run"`
	Skip              []MergeSkip `json:"skip" nullable:"false" doc:"Of a dry run"`
	Job               *web.Job    `json:"job" doc:"The job that merges"`
}

// MergeSkip is one reason for which some would be left.
type MergeSkip struct {
	Code    string   `json:"code"`
	Message string   `json:"message"`
	N       int64    `json:"n"`
	Sample  []string `json:"sample" nullable:"false" doc:"Five order numbers at most"`
}

// MergePrompt asks whether a new fulfillment order goes into a sealed one.
type MergePrompt struct {
	New      MergeMember `json:"new"`
	Sealed   MergeMember `json:"sealed"`
	RaisedAt web.Time    `json:"raised_at"`
}

func memberOf(ctx context.Context, x suggest.Member, why *errs.Error) MergeMember {
	out := MergeMember{ID: x.ID, OrderIDs: x.OrderIDs(), OrderNos: x.OrderNos, ShopID: x.ShopID, WarehouseID: x.WarehouseID, Receiver: x.Receiver, Place: x.Place,
		Pieces: x.Pieces, Sealed: x.Sealed, ShipByAt: web.Time(x.ShipByAt), CreatedAt: web.Time(x.CreatedAt), Version: x.Version}
	if why != nil {
		n := note(ctx, why.Code, why.Params)
		out.WhyNot = &n
	}
	return out
}

func apartOf(ctx context.Context, all []suggest.Apart) []MergeMember {
	out := []MergeMember{}
	for _, x := range all {
		out = append(out, memberOf(ctx, x.Member, x.Why))
	}
	return out
}

type suggestionsOutput struct {
	Body struct {
		Items []MergeSuggestion `json:"items" nullable:"false"`
		More  bool              `json:"more" doc:"there may be others"`
	}
}

type mergeManyInput struct {
	Body struct {
		Groups [][]id.ID `json:"groups,omitempty" maxItems:"2000" doc:"the fulfillment orders of each group"`
		All    bool      `json:"all,omitempty" doc:"instead of groups: every suggestion that no longer waits"`
		Early  bool      `json:"early,omitempty" doc:"with all: also those that still wait for further orders"`
		DryRun bool      `json:"dry_run,omitempty" doc:"only say what would happen"`
	}
}

type mergeManyOutput struct {
	Status int
	Body   MergeAnswer
}

type answerPromptInput struct {
	ID   id.ID `path:"id" doc:"of the new fulfillment order"`
	Body struct {
		Answer string `json:"answer" enum:"append,apart" doc:"append puts it into the parcel, whose papers are made anew; apart lets it leave by itself"`
	}
}

// SuggestRoutes registers what there is to merge: suggestions and prompts.
func SuggestRoutes(api *web.API, s *suggest.Service) {
	web.Register(api, web.Op{ID: "listMergeSuggestions", Method: "GET", Path: "/merge-suggestions", Tag: tag, Permission: fulfillment.PermitRead,
		ZH: "合单建议：可以合并发货的发货单，期限近的在前", EN: "Fulfillment orders that could be merged, those due first"},
		func(ctx context.Context, in *struct {
			Limit int `query:"limit" minimum:"1" maximum:"500" default:"200"`
		}) (*suggestionsOutput, error) {
			return suggestions(ctx, s, in.Limit)
		})
	web.Register(api, web.Op{ID: "mergeSuggestions", Method: "POST", Path: "/merge-suggestions/merge", Tag: tag, Permission: fulfillment.PermitMerge,
		Errors: []*errs.Error{suggest.ErrTooMany, suggest.ErrNone}, MaxBody: 4 << 20,
		ZH: "批量合单（后台任务，可预检、可撤销）", EN: "Merge many as a job that can be undone; a dry run says what would be left"},
		func(ctx context.Context, in *mergeManyInput) (*mergeManyOutput, error) { return mergeMany(ctx, s, in) })
	web.Register(api, web.Op{ID: "listMergeCandidates", Method: "GET", Path: "/fulfillment-orders/{id}/merge-candidates", Tag: tag, Permission: fulfillment.PermitRead,
		Errors: []*errs.Error{fulfillment.ErrNoOrder}, ZH: "可与该发货单合并的，和不能合并的原因", EN: "What could be merged with a fulfillment order, and why others could not"},
		func(ctx context.Context, in *orderInput) (*struct{ Body web.Page[MergeMember] }, error) {
			fit, apart, err := s.Candidates(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			out := []MergeMember{}
			for _, x := range fit {
				out = append(out, memberOf(ctx, x, nil))
			}
			return &struct{ Body web.Page[MergeMember] }{web.NewPage(append(out, apartOf(ctx, apart)...), "")}, nil
		})
	web.Register(api, web.Op{ID: "listMergePrompts", Method: "GET", Path: "/merge-prompts", Tag: tag, Permission: fulfillment.PermitRead,
		Errors: []*errs.Error{page.ErrCursor}, ZH: "追加提示：新单与已打印未发的包裹同一收件人", EN: "New fulfillment orders that fit a parcel which is printed and has not left"},
		func(ctx context.Context, in *web.ListInput) (*struct{ Body web.Page[MergePrompt] }, error) {
			all, next, err := s.Prompts(ctx, in.Cursor, in.Limit)
			if err != nil {
				return nil, err
			}
			out := []MergePrompt{}
			for _, p := range all {
				out = append(out, MergePrompt{memberOf(ctx, p.New, nil), memberOf(ctx, p.Sealed, nil), web.Time(p.RaisedAt)})
			}
			return &struct{ Body web.Page[MergePrompt] }{web.NewPage(out, next)}, nil
		})
	web.Register(api, web.Op{ID: "answerMergePrompt", Method: "POST", Path: "/merge-prompts/{id}/answer", Tag: tag, Permission: fulfillment.PermitMerge,
		Errors: []*errs.Error{suggest.ErrNoPrompt, suggest.ErrLeft, fulfillment.ErrNoOrder, fulfillment.ErrNotOpen, fulfillment.ErrSealed, fulfillment.ErrNoMerge,
			fulfillment.ErrMergedChanged, fulfillment.ErrHeld, fulfillment.ErrDropped, fulfillment.ErrContentChanged},
		ZH: "追加到已打印的包裹，或分开发", EN: "Put it into the parcel, or let it leave by itself"},
		func(ctx context.Context, in *answerPromptInput) (*struct{ Body Changed }, error) {
			_, err := s.Answer(ctx, suggest.AnswerInput{ID: in.ID, Answer: in.Body.Answer})
			return &struct{ Body Changed }{Changed{1}}, err
		})
}

func suggestions(ctx context.Context, s *suggest.Service, limit int) (*suggestionsOutput, error) {
	all, more, err := s.List(ctx, limit)
	if err != nil {
		return nil, err
	}
	out := &suggestionsOutput{}
	out.Body.Items, out.Body.More = []MergeSuggestion{}, more
	for _, g := range all {
		one := MergeSuggestion{Members: []MergeMember{}, Apart: apartOf(ctx, g.Apart), ShipByAt: web.Time(g.ShipByAt), ReadyAt: web.Time(g.ReadyAt), Ready: g.Ready}
		for _, x := range g.Members {
			one.Members = append(one.Members, memberOf(ctx, x, nil))
		}
		out.Body.Items = append(out.Body.Items, one)
	}
	return out, nil
}

func mergeMany(ctx context.Context, s *suggest.Service, in *mergeManyInput) (*mergeManyOutput, error) {
	b := in.Body
	to := suggest.MergeInput{Groups: b.Groups, All: b.All, Early: b.Early}
	out := &mergeManyOutput{Status: 200, Body: MergeAnswer{Skip: []MergeSkip{}}}
	if !b.DryRun {
		j, err := s.Merge(ctx, to)
		if err != nil {
			return nil, err
		}
		made := web.NewJob(ctx, j)
		out.Status, out.Body.Job = 202, &made
		return out, nil
	}
	groups, members, skips, err := s.Preview(ctx, to)
	if err != nil {
		return nil, err
	}
	out.Body.Groups, out.Body.FulfillmentOrders = groups, members
	for _, x := range skips {
		n := note(ctx, x.Code, x.Params)
		out.Body.Skip = append(out.Body.Skip, MergeSkip{n.Code, n.Message, x.N, append([]string{}, x.Sample...)})
	}
	return out, nil
}
