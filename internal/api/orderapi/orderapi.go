// Package orderapi offers what people do to orders over HTTP: review, hold,
// close, edit, mark, reveal, adopt, create, one by one and in bulk. Lists, search
// and detail are viewapi's.
package orderapi

import (
	"context"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/pull"
	"github.com/ordercove/ordercove/internal/intake"
	"github.com/ordercove/ordercove/internal/kit/errs"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/kit/money"
	"github.com/ordercove/ordercove/internal/kit/web"
	"github.com/ordercove/ordercove/internal/order"
	orderbulk "github.com/ordercove/ordercove/internal/order/bulk"
	"github.com/ordercove/ordercove/internal/order/reveal"
	"github.com/ordercove/ordercove/internal/view"
)

// resultBody answers every change of one order.
type resultBody struct {
	OrderID        id.ID    `json:"order_id"`
	Version        int64    `json:"version"`
	State          string   `json:"state" enum:"pending_payment,awaiting_approval,awaiting_shipment,partly_shipped,shipped,delivered,completed,closed"`
	AllowedActions []string `json:"allowed_actions"`
}

type resultOutput struct{ Body resultBody }

func output(r order.Result, err error) (*resultOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &resultOutput{resultBody{OrderID: r.OrderID, Version: r.Version, State: r.State.String(), AllowedActions: []string{}}}
	for _, a := range r.AllowedActions {
		out.Body.AllowedActions = append(out.Body.AllowedActions, string(a))
	}
	return out, nil
}

// one is the errors any change of one order can answer with.
var one = []*errs.Error{order.ErrNotFound, order.ErrChanged, order.ErrNotAllowed}

func with(more ...*errs.Error) []*errs.Error { return append(one[:len(one):len(one)], more...) }

type versionInput struct {
	ID   id.ID `path:"id"`
	Body struct {
		Version int64 `json:"version,omitempty" minimum:"0" doc:"Refuse when the order has another version; 0 does not check"`
	}
}

// slug is an action as it stands in a path.
func slug(a order.Action) string { return strings.ReplaceAll(string(a), "_", "-") }

func op(opID string, a order.Action, zh, en string, codes []*errs.Error) web.Op {
	return web.Op{ID: opID, Method: "POST", Path: "/orders/{id}/" + slug(a), Tag: "orders", ZH: zh, EN: en, Permission: order.Permission(a), Errors: codes}
}

// Routes adds the operations.
func Routes(api *web.API, s *order.Service, many *orderbulk.Service, door *intake.Service, lists *view.Service, jobs *job.Queue) {
	marks(api, s)
	edits(api, s)
	review(api, s)
	create(api, door)
	for _, a := range orderbulk.Actions {
		bulk(api, many, lists, jobs, a)
	}
}

func review(api *web.API, s *order.Service) {
	web.Register(api, op("approveOrder", order.ActApprove, "审核订单", "Approve an order", with(order.ErrOnHold, order.ErrHistory)),
		func(ctx context.Context, in *versionInput) (*resultOutput, error) {
			return output(s.Approve(ctx, order.ApproveInput{OrderID: in.ID, Version: in.Body.Version}))
		})
	web.Register(api, op("revokeOrderApproval", order.ActRevoke, "反审核", "Take an approval back", one),
		func(ctx context.Context, in *versionInput) (*resultOutput, error) {
			return output(s.RevokeApproval(ctx, order.ApproveInput{OrderID: in.ID, Version: in.Body.Version}))
		})
	web.Register(api, op("approveOrderForFinance", order.ActApproveFinance, "财务审核订单", "Approve an order for finance", with(order.ErrSamePerson)),
		func(ctx context.Context, in *versionInput) (*resultOutput, error) {
			return output(s.ApproveFinance(ctx, order.ApproveInput{OrderID: in.ID, Version: in.Body.Version}))
		})
	type holdInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version int64  `json:"version,omitempty" minimum:"0"`
			Note    string `json:"note,omitempty" maxLength:"500"`
		}
	}
	web.Register(api, op("holdOrder", order.ActHold, "挂起订单", "Put an order on hold", with(order.ErrTooLong)),
		func(ctx context.Context, in *holdInput) (*resultOutput, error) {
			return output(s.Hold(ctx, order.HoldInput{OrderID: in.ID, Version: in.Body.Version, Note: in.Body.Note}))
		})
	type releaseInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version int64  `json:"version,omitempty" minimum:"0"`
			Kind    string `json:"kind,omitempty" maxLength:"40" doc:"One kind of hold; empty ends all that a person may end"`
		}
	}
	web.Register(api, op("releaseOrder", order.ActRelease, "解挂订单", "End holds of an order", with(order.ErrHoldNotOpen, order.ErrHoldNotYours)),
		func(ctx context.Context, in *releaseInput) (*resultOutput, error) {
			return output(s.Release(ctx, order.ReleaseInput{OrderID: in.ID, Version: in.Body.Version, Kind: order.HoldKind(in.Body.Kind)}))
		})
	type closeInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version int64  `json:"version,omitempty" minimum:"0"`
			Reason  string `json:"reason" minLength:"1" maxLength:"60"`
			Note    string `json:"note,omitempty" maxLength:"500"`
		}
	}
	web.Register(api, op("closeOrder", order.ActClose, "关闭订单", "Close an order that will not ship", with(order.ErrNoReason, order.ErrTooLong)),
		func(ctx context.Context, in *closeInput) (*resultOutput, error) {
			return output(s.Close(ctx, order.CloseInput{OrderID: in.ID, Version: in.Body.Version, Reason: in.Body.Reason, Note: in.Body.Note}))
		})
	web.Register(api, op("adoptOrder", order.ActAdopt, "接管历史订单", "Turn a history order into work", one),
		func(ctx context.Context, in *versionInput) (*resultOutput, error) {
			return output(s.Adopt(ctx, order.AdoptInput{OrderID: in.ID, Version: in.Body.Version}))
		})
}

func marks(api *web.API, s *order.Service) {
	web.Register(api, op("archiveOrder", order.ActArchive, "归档订单", "Archive an order", one),
		func(ctx context.Context, in *versionInput) (*resultOutput, error) {
			return output(s.Archive(ctx, order.ArchiveInput{OrderID: in.ID, Version: in.Body.Version}))
		})
	web.Register(api, op("unarchiveOrder", order.ActUnarchive, "取消归档", "Bring an order back from the archive", one),
		func(ctx context.Context, in *versionInput) (*resultOutput, error) {
			return output(s.Unarchive(ctx, order.ArchiveInput{OrderID: in.ID, Version: in.Body.Version}))
		})
	web.Register(api, op("readOrder", order.ActRead, "标记已读", "Mark an order read", one),
		func(ctx context.Context, in *versionInput) (*resultOutput, error) {
			return output(s.MarkRead(ctx, order.ReadInput{OrderID: in.ID}))
		})
	web.Register(api, op("unreadOrder", order.ActUnread, "标记未读", "Mark an order unread", one),
		func(ctx context.Context, in *versionInput) (*resultOutput, error) {
			return output(s.MarkUnread(ctx, order.ReadInput{OrderID: in.ID}))
		})
	type noteInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version    int64  `json:"version,omitempty" minimum:"0"`
			SellerNote string `json:"seller_note" maxLength:"500"`
		}
	}
	web.Register(api, op("noteOrder", order.ActNote, "写卖家备注", "Set the seller's note", with(order.ErrTooLong)),
		func(ctx context.Context, in *noteInput) (*resultOutput, error) {
			return output(s.Note(ctx, order.NoteInput{OrderID: in.ID, Version: in.Body.Version, SellerNote: in.Body.SellerNote}))
		})
	type flagInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version int64 `json:"version,omitempty" minimum:"0"`
			Flag    int64 `json:"flag" minimum:"0" maximum:"5" doc:"0 none, 1 red, 2 yellow, 3 green, 4 blue, 5 purple"`
		}
	}
	web.Register(api, op("flagOrder", order.ActFlag, "插旗", "Set the flag", with(order.ErrBadFlag)),
		func(ctx context.Context, in *flagInput) (*resultOutput, error) {
			return output(s.Flag(ctx, order.FlagInput{OrderID: in.ID, Version: in.Body.Version, Flag: in.Body.Flag}))
		})
	type tagInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version int64    `json:"version,omitempty" minimum:"0"`
			Add     []string `json:"add,omitempty" maxItems:"20"`
			Remove  []string `json:"remove,omitempty" maxItems:"20"`
		}
	}
	web.Register(api, op("tagOrder", order.ActTag, "加减标签", "Put tags on and take tags off", with(order.ErrBadTag)),
		func(ctx context.Context, in *tagInput) (*resultOutput, error) {
			return output(s.Tag(ctx, order.TagInput{OrderID: in.ID, Version: in.Body.Version, Add: in.Body.Add, Remove: in.Body.Remove}))
		})
}

// receiverBody is a receiver as a person types it in or is shown it.
type receiverBody struct {
	Name     string `json:"name" maxLength:"100"`
	Phone    string `json:"phone" maxLength:"40"`
	Province string `json:"province,omitempty" maxLength:"40"`
	City     string `json:"city,omitempty" maxLength:"40"`
	District string `json:"district,omitempty" maxLength:"40"`
	Town     string `json:"town,omitempty" maxLength:"60"`
	Detail   string `json:"detail" maxLength:"300"`
	Zip      string `json:"zip,omitempty" maxLength:"20"`
}

func (r receiverBody) receiver() order.Receiver {
	return order.Receiver{Name: r.Name, Phone: r.Phone, Province: r.Province, City: r.City, District: r.District, Town: r.Town, Detail: r.Detail, Zip: r.Zip}
}

func edits(api *web.API, s *order.Service) {
	type addressInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version  int64        `json:"version,omitempty" minimum:"0"`
			Receiver receiverBody `json:"receiver"`
		}
	}
	web.Register(api, op("changeOrderAddress", order.ActChangeAddress, "改收件信息", "Change the receiver", with(order.ErrAskChannel, order.ErrChangeThere, order.ErrChannelOwns, order.ErrBadReceiver, order.ErrTooLong)),
		func(ctx context.Context, in *addressInput) (*resultOutput, error) {
			return output(s.ChangeAddress(ctx, order.ChangeAddressInput{OrderID: in.ID, Version: in.Body.Version, Receiver: in.Body.Receiver.receiver()}))
		})
	type linesInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version int64 `json:"version,omitempty" minimum:"0"`
			Lines   []struct {
				LineID   id.ID `json:"line_id,omitempty" doc:"Empty adds a line"`
				SKUID    id.ID `json:"sku_id,omitempty" doc:"Empty keeps the line's SKU"`
				Quantity int64 `json:"quantity" minimum:"0" maximum:"1000000" doc:"0 takes the line off"`
			} `json:"lines" minItems:"1" maxItems:"200"`
		}
	}
	web.Register(api, op("changeOrderLines", order.ActChangeLines, "改商品与数量", "Change lines before anything shipped",
		with(order.ErrNoLines, order.ErrUnknownLine, order.ErrUnknownSKU, order.ErrBadQuantity)),
		func(ctx context.Context, in *linesInput) (*resultOutput, error) {
			x := order.ChangeLinesInput{OrderID: in.ID, Version: in.Body.Version}
			for _, l := range in.Body.Lines {
				x.Lines = append(x.Lines, order.LineChange{LineID: l.LineID, SKUID: l.SKUID, Quantity: l.Quantity})
			}
			return output(s.ChangeLines(ctx, x))
		})
	type priceInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Version int64 `json:"version,omitempty" minimum:"0"`
			Lines   []struct {
				LineID   id.ID     `json:"line_id"`
				PriceFen money.Fen `json:"price_fen" minimum:"0" doc:"Of one piece"`
			} `json:"lines,omitempty" maxItems:"200"`
			FreightFen *money.Fen `json:"freight_fen,omitempty" minimum:"0"`
		}
	}
	web.Register(api, op("adjustOrderPrice", order.ActAdjustPrice, "未付款改价", "Change prices and freight while nothing is paid",
		with(order.ErrUnknownLine, order.ErrBelowZero, order.ErrBadAmount)),
		func(ctx context.Context, in *priceInput) (*resultOutput, error) {
			x := order.AdjustPriceInput{OrderID: in.ID, Version: in.Body.Version, FreightFen: in.Body.FreightFen}
			for _, l := range in.Body.Lines {
				x.Lines = append(x.Lines, order.PriceChange{LineID: l.LineID, PriceFen: l.PriceFen})
			}
			return output(s.AdjustPrice(ctx, x))
		})
}

// Reveal registers the look at a receiver in plain text.
func Reveal(api *web.API, s *reveal.Service) {
	type revealInput struct {
		ID   id.ID `path:"id"`
		Body struct {
			Fields []string `json:"fields" minItems:"1" maxItems:"3" enum:"name,phone,address"`
			Reason string   `json:"reason" minLength:"1" maxLength:"500"`
		}
	}
	type revealBody struct {
		Name     string `json:"name,omitempty"`
		Phone    string `json:"phone,omitempty"`
		Province string `json:"province,omitempty"`
		City     string `json:"city,omitempty"`
		District string `json:"district,omitempty"`
		Address  string `json:"address,omitempty" doc:"Street and house, without province, city and district"`
		Zip      string `json:"zip,omitempty"`
	}
	type revealOutput struct{ Body revealBody }
	web.Register(api, op("revealOrder", order.ActReveal, "查看收件人明文（留痕）", "Show the receiver in plain text; audited",
		[]*errs.Error{order.ErrNotFound, order.ErrNoReceiver, order.ErrNoReason, order.ErrTooLong, reveal.ErrSealed, reveal.ErrEmpty, channel.ErrThrottled, channel.ErrPermission, pull.ErrDecryptQuota}),
		func(ctx context.Context, in *revealInput) (*revealOutput, error) {
			r, err := s.Show(ctx, reveal.Input{OrderID: in.ID, Fields: in.Body.Fields, Reason: in.Body.Reason})
			if err != nil {
				return nil, err
			}
			return &revealOutput{revealBody{Name: r.Name, Phone: r.Phone, Province: r.Province, City: r.City, District: r.District,
				Address: strings.TrimSpace(r.Town + " " + r.Detail), Zip: r.Zip}}, nil
		})
}
