package packingapi

import (
	"context"
	"net/http"

	"github.com/ordercove/ordercove/internal/fulfillment"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/packing"
	"github.com/ordercove/ordercove/internal/packing/print"
)

// PrintAgent is a program on a packing PC that prints what is in its queue.
type PrintAgent struct {
	ID       id.ID    `json:"id"`
	Name     string   `json:"name"`
	State    string   `json:"state" enum:"pairing,active,revoked"`
	Printers []string `json:"printers" nullable:"false" doc:"What it last said it has"`
	// Components are the channels' print components on its machine.
	Components []PrintComponent `json:"components" nullable:"false" doc:"The channels' print components as it last found them on its machine"`
	SeenAt     web.Time         `json:"seen_at"`
	CreatedAt  web.Time         `json:"created_at"`
}

// PrintComponent says whether a channel's print component answers an agent.
type PrintComponent struct {
	Channel string `json:"channel" minLength:"1" maxLength:"20"`
	Open    bool   `json:"open"`
}

func printAgentOf(a print.Agent) PrintAgent {
	found := make([]PrintComponent, len(a.Components))
	for i, c := range a.Components {
		found[i] = PrintComponent(c)
	}
	return PrintAgent{Components: found, ID: a.ID, Name: a.Name, State: a.State, Printers: append([]string{}, a.Printers...), SeenAt: web.Time(a.SeenAt), CreatedAt: web.Time(a.CreatedAt)}
}

// PrintAgentAdded is a new agent and the code that pairs its program, shown once.
type PrintAgentAdded struct {
	Agent PrintAgent `json:"agent"`
	Code  string     `json:"code" doc:"Counts for ten minutes, once"`
}

func (p prints) agents(api *web.API) {
	web.Register(api, web.Op{ID: "listPrintAgents", Method: http.MethodGet, Path: "/print/agents", Tag: tag, Permission: packing.PermitRead, ZH: "打印站", EN: "Print agents"},
		func(ctx context.Context, _ *struct{}) (*struct{ Body web.Page[PrintAgent] }, error) {
			all, err := p.s.Agents(ctx)
			if err != nil {
				return nil, err
			}
			var out []PrintAgent
			for _, a := range all {
				out = append(out, printAgentOf(a))
			}
			return &struct{ Body web.Page[PrintAgent] }{web.NewPage(out, "")}, nil
		})
	web.Register(api, web.Op{ID: "addPrintAgent", Method: http.MethodPost, Path: "/print/agents", Tag: tag, Permission: packing.PermitPrint, ZH: "新建打印站，得到一次性配对码",
		EN: "Add a print agent; the answer holds its one-time code", Errors: []*errs.Error{print.ErrBadName}},
		func(ctx context.Context, in *struct {
			Body struct {
				Name string `json:"name" minLength:"1" maxLength:"40"`
			}
		}) (*struct{ Body PrintAgentAdded }, error) {
			a, err := p.s.AddAgent(ctx, in.Body.Name)
			if err != nil {
				return nil, err
			}
			return &struct{ Body PrintAgentAdded }{PrintAgentAdded{printAgentOf(a.Agent), a.Code}}, nil
		})
	web.Register(api, web.Op{ID: "revokePrintAgent", Method: http.MethodPost, Path: "/print/agents/{id}/revoke", Tag: tag, Permission: packing.PermitPrint, ZH: "停用打印站", EN: "Revoke a print agent's key",
		Errors: []*errs.Error{print.ErrNoAgent}},
		func(ctx context.Context, in *printIn) (*struct{}, error) { return nil, p.s.Revoke(ctx, in.ID) })
}

// PrintAgentPaired is what a program keeps.
type PrintAgentPaired struct {
	AgentID id.ID  `json:"agent_id"`
	Name    string `json:"name"`
	Key     string `json:"key" doc:"Sent as X-Agent-Key from now on"`
}

// PrintTaskRef names a label in the hands of an agent.
type PrintTaskRef struct {
	BatchID  id.ID `json:"batch_id"`
	Sequence int64 `json:"sequence"`
	Attempt  int64 `json:"attempt" doc:"Proves that the agent still holds it"`
}

// PrintTask is one label for an agent: PDF, or the data of the channel's component.
type PrintTask struct {
	PrintTaskRef
	Channel   string `json:"channel,omitempty" doc:"Whose component prints the data"`
	Printer   string `json:"printer"`
	Carrier   string `json:"carrier"`
	WaybillNo string `json:"waybill_no"`
	PDF       []byte `json:"pdf,omitempty" doc:"base64"`
	Data      string `json:"data,omitempty" doc:"Goes to the component unread"`
	Signature string `json:"signature,omitempty"`
	Template  string `json:"template,omitempty"`
	Params    string `json:"params,omitempty" doc:"Signed for the component, good for a few minutes"`
	Custom    string `json:"custom,omitempty" doc:"For the field that the channel's label leaves to us"`
	Copy      int64  `json:"copy"`
}

// door are the agents' own operations. They are public because an agent is no user: its
// key is checked by print.AsAgent.
func (p prints) door(api *web.API) {
	web.Register(api, web.Op{ID: "pairPrintAgent", Method: http.MethodPost, Path: "/print/agent/pair", Tag: tag, Permission: web.Public, ZH: "打印站用配对码换取密钥",
		EN: "An agent exchanges its code for a key", Errors: []*errs.Error{print.ErrBadPairing}},
		func(ctx context.Context, in *struct {
			Body struct {
				Code     string   `json:"code" minLength:"1" maxLength:"60"`
				Printers []string `json:"printers,omitempty" maxItems:"50"`
			}
		}) (*struct{ Body PrintAgentPaired }, error) {
			got, err := p.s.Pair(ctx, in.Body.Code, in.Body.Printers)
			if err != nil {
				return nil, err
			}
			return &struct{ Body PrintAgentPaired }{PrintAgentPaired{got.Agent.ID, got.Agent.Name, got.Key}}, nil
		})
	web.Register(api, web.Op{ID: "takePrintTasks", Method: http.MethodPost, Path: "/print/agent/tasks", Tag: tag, Permission: web.Public, ZH: "打印站报到并取下一批任务",
		EN: "An agent says it is there and leases its next labels", Errors: []*errs.Error{print.ErrBadKey}},
		func(ctx context.Context, in *struct {
			Key  string `header:"X-Agent-Key" required:"true" maxLength:"200"`
			Body struct {
				Limit      int              `json:"limit" minimum:"1" maximum:"20"`
				Printers   []string         `json:"printers" maxItems:"50" nullable:"false"`
				Components []PrintComponent `json:"components,omitempty" maxItems:"20"`
				Busy       []string         `json:"busy,omitempty" maxItems:"50" doc:"Printers that shall get no labels now"`
			}
		}) (*struct{ Body web.Page[PrintTask] }, error) {
			ctx, err := p.s.AsAgent(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			var found []print.Found
			for _, c := range in.Body.Components {
				found = append(found, print.Found(c))
			}
			if err := p.s.Seen(ctx, in.Body.Printers, found...); err != nil {
				return nil, err
			}
			all, err := p.s.Take(ctx, in.Body.Limit, in.Body.Busy...)
			if err != nil {
				return nil, err
			}
			var out []PrintTask
			for _, t := range all {
				out = append(out, PrintTask{PrintTaskRef: PrintTaskRef(t.Ref), Channel: t.Channel, Printer: t.Printer, Carrier: t.Carrier, WaybillNo: t.WaybillNo, PDF: t.PDF, Data: t.Data, Signature: t.Signature,
					Template: t.Template, Params: t.Params, Custom: t.Custom, Copy: t.Copy})
			}
			return &struct{ Body web.Page[PrintTask] }{web.NewPage(out, "")}, nil
		})
	p.answers(api)
}

// answers are what an agent says of a label it leased.
func (p prints) answers(api *web.API) {
	web.Register(api, web.Op{ID: "sendPrintTask", Method: http.MethodPost, Path: "/print/agent/tasks/sending", Tag: tag, Permission: web.Public, ZH: "打印站即将打印一张；只有得到成功应答才可打印",
		EN:     "An agent is about to print one label; only a success lets it",
		Errors: []*errs.Error{print.ErrBadKey, print.ErrLost, print.ErrGone, fulfillment.ErrContentChanged, fulfillment.ErrDropped, fulfillment.ErrHeld, fulfillment.ErrNotOpen, fulfillment.ErrMergedChanged, fulfillment.ErrSuspended}},
		func(ctx context.Context, in *struct {
			Key  string `header:"X-Agent-Key" required:"true" maxLength:"200"`
			Body PrintTaskRef
		}) (*struct{}, error) {
			ctx, err := p.s.AsAgent(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			return nil, p.s.Sending(ctx, print.Ref(in.Body))
		})
	web.Register(api, web.Op{ID: "reportPrintTask", Method: http.MethodPost, Path: "/print/agent/tasks/outcome", Tag: tag, Permission: web.Public, ZH: "打印站报告组件所说的结果",
		EN: "An agent reports what the component said", Errors: []*errs.Error{print.ErrBadKey, print.ErrLost, print.ErrBadOutcome}},
		func(ctx context.Context, in *struct {
			Key  string `header:"X-Agent-Key" required:"true" maxLength:"200"`
			Body struct {
				Task    PrintTaskRef `json:"task"`
				Outcome string       `json:"outcome" enum:"printed,failed,uncertain"`
				Code    string       `json:"code,omitempty" maxLength:"60" doc:"The component's own, where it failed"`
			}
		}) (*struct{}, error) {
			ctx, err := p.s.AsAgent(ctx, in.Key)
			if err != nil {
				return nil, err
			}
			return nil, p.s.Report(ctx, print.Ref(in.Body.Task), print.LabelState(in.Body.Outcome), in.Body.Code)
		})
}
