package component

import (
	"encoding/json"
	"strings"
)

// keyed is the dialect of orders with a key, whose answers bear numbers: 2 for a print, 6
// for the printers. It answers once, when it is done.
type keyed struct{}

func (keyed) askPrinters(request string) any {
	return object{"orderType": "GET_Printers", "key": request, "version": "2"}
}

func (keyed) askStatus(string, string) any { return nil }

func (keyed) askPrint(t Task) (any, error) {
	if t.Data == "" {
		return nil, ErrAnswer
	}
	content := object{"documentID": t.WaybillNo, "tempUrl": t.Template, "printData": t.Data}
	if t.Custom != "" && t.CustomTemplate != "" {
		content["customTempUrl"], content["customData"] = t.CustomTemplate, object{"text": t.Custom}
	}
	return object{"orderType": "PRINT", "key": t.ID, "version": "2", "parameters": object{"printName": t.Printer, "contents": []any{content}}}, nil
}

func (keyed) hear(message []byte) (said, error) {
	var m struct {
		Key     text `json:"key"`
		Code    text `json:"code"`
		Success text `json:"success"`
		Message text `json:"message"`
		Content text `json:"content"`
		Detail  struct {
			Printers []string    `json:"printers"`
			Errors   []keyedNote `json:"errors"`
			Details  []keyedNote `json:"detail"`
			Info     text        `json:"info"`
		} `json:"detailinfo"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		return said{}, ErrAnswer
	}
	out := said{request: string(m.Key), task: string(m.Key)}
	switch m.Code {
	case "6":
		out.about, out.task = listed, ""
		for i, name := range m.Detail.Printers {
			out.printers = append(out.printers, Printer{Name: name, Default: i == 0})
		}
	case "2":
		words := []string{}
		for _, n := range append(m.Detail.Errors, m.Detail.Details...) {
			words = append(words, string(n.Msg))
		}
		words = append(words, string(m.Detail.Info), string(m.Content), string(m.Message))
		out.about, out.outcome = told, Outcome{State: Printed}
		if !strings.EqualFold(string(m.Success), "true") || len(m.Detail.Errors) > 0 {
			out.outcome = Outcome{Failed, orElse(reason(words...), Refused)}
		}
	}
	return out, nil
}

type keyedNote struct {
	Seq text `json:"seq"`
	Msg text `json:"msg"`
}
