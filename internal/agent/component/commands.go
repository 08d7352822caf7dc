package component

import (
	"cmp"
	"encoding/json"
)

// commands is the dialect of request and answer: the answer to a print tells of each of
// its tasks whether it was printed.
type commands struct{}

// onePart is the platform's own template of one part; of others the component knows the size.
const onePart = "single"

func (commands) askPrinters(request string) any {
	return object{"command": "getPrinterList", "requestID": request}
}

func (commands) askStatus(string, string) any { return nil }

func (commands) askPrint(t Task) (any, error) {
	if t.Data == "" {
		return nil, ErrAnswer
	}
	task := object{"taskID": t.ID, "printInfo": t.Data, "printNum": object{"curNum": 1, "sumNum": 1}, "splitControl": 0, "showDeliveryLogo": 1}
	if t.Custom != "" && t.CustomTemplate != "" {
		task["customInfo"] = object{"templateUrl": t.CustomTemplate, "data": object{"text": t.Custom}}
	}
	out := object{"command": "print", "version": "2.0", "requestID": t.ID, "printer": t.Printer, "printType": 1, "taskList": []any{task}}
	if t.Template == "" || t.Template == onePart {
		out["size"] = object{"width": 76, "height": 130} // millimetres
	}
	return out, nil
}

func (commands) hear(message []byte) (said, error) {
	var m struct {
		Command  string `json:"command"`
		Request  text   `json:"requestID"`
		Also     text   `json:"requestId"`
		Printers []struct {
			Name   string `json:"name"`
			Status text   `json:"status"`
		} `json:"printerList"`
		Results []struct {
			Task    text `json:"taskID"`
			Success bool `json:"success"`
			Reason  text `json:"failureReason"`
		} `json:"results"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		return said{}, ErrAnswer
	}
	out := said{request: string(cmp.Or(m.Request, m.Also))}
	switch m.Command {
	case "getPrinterList":
		out.about = listed
		for _, p := range m.Printers {
			out.printers = append(out.printers, Printer{Name: p.Name, State: string(p.Status)})
		}
	case "print":
		out.about, out.task, out.outcome = told, out.request, Outcome{Uncertain, NoAnswer}
		if len(m.Results) == 1 {
			r := m.Results[0]
			out.task = string(cmp.Or(r.Task, text(out.task)))
			if out.outcome = (Outcome{State: Printed}); !r.Success {
				out.outcome = Outcome{Failed, orElse(reason(string(r.Reason)), Refused)}
			}
		}
	}
	return out, nil
}
