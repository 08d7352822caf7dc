package sf

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/ordercove/ordercove/internal/logistics"
	"github.com/ordercove/ordercove/internal/logistics/wire"
)

// Reach implements logistics.Reacher.
func (c *client) Reach(ctx context.Context, from, to logistics.Party) (logistics.Answer, error) {
	var out struct {
		Filter int    `json:"filterResult"`
		Remark string `json:"remark"`
	}
	in := map[string]any{"filterType": 1, "contactInfos": []contact{contactOf(sender, from), contactOf(receiver, to)}, "monthlyCard": c.card}
	if err := c.call(ctx, "EXP_RECE_FILTER_ORDER_BSP", false, in, &out); err != nil {
		return logistics.Answer{}, err
	}
	return logistics.Answer{Reached: out.Filter != 3, Reason: out.Remark}, nil
}

// Quote implements logistics.Quoter.
func (c *client) Quote(ctx context.Context, from, to logistics.Party, weightGram, pickedUpAt int64) ([]logistics.Quote, error) {
	place := func(p logistics.Party) map[string]string {
		return map[string]string{"province": p.Province, "city": p.City, "district": p.District, "address": p.Town + p.Detail}
	}
	var out struct {
		Rows []struct {
			Product string      `json:"businessType"`
			Fee     json.Number `json:"fee"`
			Arrives string      `json:"deliverTime"`
		} `json:"deliverTmDto"`
	}
	in := map[string]any{"searchPrice": "1", "weight": wire.Kilograms(weightGram), "consignedTime": wire.FormatChina(pickedUpAt), "srcAddress": place(from), "destAddress": place(to), "monthlyCard": c.card}
	if err := c.call(ctx, "EXP_RECE_QUERY_DELIVERTM", false, in, &out); err != nil {
		return nil, err
	}
	var quotes []logistics.Quote
	for _, r := range out.Rows {
		fee, err := wire.Yuan(r.Fee)
		if err != nil {
			return nil, err
		}
		quotes = append(quotes, logistics.Quote{Product: r.Product, FeeFen: fee, ArrivesAt: wire.ChinaTime(r.Arrives)})
	}
	return quotes, nil
}

// states are what SF calls a step of the way.
var states = map[string]logistics.TrackState{"已揽收": logistics.TrackCollected, "运送中": logistics.TrackInTransit, "派送中": logistics.TrackDelivering, "已签收": logistics.TrackDelivered,
	"派送异常": logistics.TrackFailed, "退回中": logistics.TrackReturning, "已退回": logistics.TrackReturned, "待取件": logistics.TrackAtLocker}

// Route implements logistics.Router.
func (c *client) Route(ctx context.Context, no, phoneTail string) ([]logistics.Trace, error) {
	var out struct {
		Parcels []struct {
			Steps []struct {
				At     string `json:"acceptTime"`
				Place  string `json:"acceptAddress"`
				Text   string `json:"remark"`
				Code   string `json:"opCode"`
				Status string `json:"firstStatusName"`
			} `json:"routes"`
		} `json:"routeResps"`
	}
	in := map[string]any{"language": "zh-CN", "trackingType": "1", "trackingNumber": []string{no}, "methodType": "1", "checkPhoneNo": phoneTail}
	if err := c.call(ctx, "EXP_RECE_SEARCH_ROUTES", false, in, &out); err != nil {
		return nil, err
	}
	var traces []logistics.Trace
	for _, p := range out.Parcels {
		for _, s := range p.Steps {
			state, known := states[s.Status]
			if !known {
				state = logistics.TrackOther
			}
			traces = append(traces, logistics.Trace{At: wire.ChinaTime(s.At), Place: s.Place, Text: s.Text, Code: s.Code, State: state})
		}
	}
	return traces, nil
}

// Label implements logistics.Labeler: the 76 × 130 mm label as SF draws it.
func (c *client) Label(ctx context.Context, no string) ([]byte, error) {
	var out struct {
		Files []struct {
			URL   string `json:"url"`
			Token string `json:"token"`
		} `json:"files"`
	}
	in := map[string]any{"templateCode": "fm_76130_standard_" + c.partner, "version": "2.0", "fileType": "pdf", "sync": true, "documents": []any{map[string]string{"masterWaybillNo": no}}}
	if err := c.call(ctx, "COM_RECE_CLOUD_PRINT_WAYBILLS", false, in, &out); err != nil {
		return nil, err
	}
	if len(out.Files) == 0 {
		return nil, logistics.Told(logistics.ErrAnswer, "files", "no label")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, out.Files[0].URL, nil)
	if err != nil {
		return nil, logistics.Told(logistics.ErrAnswer, "url", "unusable address of a label")
	}
	r.Header.Set("X-Auth-Token", out.Files[0].Token)
	res, err := c.HTTP.Do(r)
	if err != nil {
		return nil, logistics.Told(logistics.ErrUnavailable, "label", "no answer")
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, logistics.Told(logistics.ErrUnavailable, "label", res.Status)
	}
	return io.ReadAll(io.LimitReader(res.Body, 8<<20))
}

// sendBack is the service that turns a parcel round.
const sendBack = "2"

// Intercept implements logistics.Interceptor.
func (c *client) Intercept(ctx context.Context, _, no, reason string) error {
	in := map[string]any{"waybillNo": no, "serviceCode": sendBack, "role": "1", "payMode": "2", "monthlyCardNo": c.card, "cancelRemark": reason}
	return c.call(ctx, "EXP_RECE_WANTED_INTERCEPT", true, in, nil)
}
