package wave

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ordercove/ordercove/internal/kit/actor"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/packing/label"
)

// PickList draws the pick list of a wave (拣货单) as A4 pages in the actor's language:
// one list a picker, in walking order, with the baskets that each SKU goes into. It
// names no buyer. PDF bytes go to w. Permission packing.read.
//
// Errors: ErrNotFound, those of label.RenderSheets and of w.
func (s *Service) PickList(ctx context.Context, waveID id.ID, w io.Writer) error {
	all, err := s.Get(ctx, waveID)
	if err != nil {
		return err
	}
	return label.RenderSheets(w, all.sheets(strings.HasPrefix(actor.Lang(ctx), "en")))
}

func (s *Sheet) sheets(english bool) []label.Sheet {
	var pickers []id.ID
	for _, x := range s.Stops {
		pickers = append(pickers, x.PickerID)
	}
	slices.Sort(pickers)
	pickers = slices.Compact(pickers)
	if len(pickers) == 0 {
		pickers = []id.ID{0}
	}
	out := make([]label.Sheet, len(pickers))
	for i, one := range pickers {
		out[i] = s.sheet(one, i+1, len(pickers), english)
	}
	return out
}

func (s *Sheet) sheet(picker id.ID, n, of int, english bool) label.Sheet {
	say := func(zh, en string) string {
		if english {
			return en
		}
		return zh
	}
	in := 0
	for _, b := range s.Baskets {
		if b.Out == "" {
			in++
		}
	}
	out := label.Sheet{Title: say("拣货单 ", "Pick list ") + s.Wave.Code, Code: s.Wave.Code}
	if of > 1 {
		out.Title += " (" + strconv.Itoa(n) + "/" + strconv.Itoa(of) + ")"
	}
	out.Meta = []string{
		say("发货单 ", "Fulfillment orders: ") + strconv.Itoa(in) + say("　拣法：", " · ") + s.Wave.how(english),
		say("建立 ", "Made ") + time.UnixMilli(s.Wave.MadeAt).In(china).Format("2006-01-02 15:04") + " " + s.Wave.MadeByName,
	}
	out.Columns = []label.Column{{Title: say("库位", "Location"), Width: 28, Bold: true}, {Title: say("商品编码", "SKU"), Width: 34},
		{Title: say("商品", "Item"), Width: 60}, {Title: say("数量", "Qty"), Width: 16, Align: "right", Bold: true}, {Title: say("篮位×件数", "Basket × qty"), Width: 48}}
	var pieces int64
	for _, x := range s.Stops {
		left := x.Wanted - x.Picked - x.Short
		if x.PickerID != picker || left <= 0 {
			continue
		}
		pieces += left
		var baskets []string
		for _, d := range x.Drops {
			baskets = append(baskets, strconv.FormatInt(d.Position, 10)+"×"+strconv.FormatInt(d.Quantity, 10))
		}
		out.Rows = append(out.Rows, []string{x.Location, x.SKUCode, x.Name, strconv.FormatInt(left, 10), strings.Join(baskets, "  ")})
	}
	out.Foot = []string{say("合计 ", "Pieces: ") + strconv.FormatInt(pieces, 10) + say(" 件", ""), say("拣货人：", "Picked by: ")}
	return out
}

func (w *Wave) how(english bool) string {
	switch {
	case w.Mode == WhilePicking && english:
		return "sort into baskets at the shelf"
	case w.Mode == WhilePicking:
		return "边拣边分"
	case english:
		return "fetch all, then sort at the bench"
	}
	return "先拣后分"
}
