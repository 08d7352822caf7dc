package component

import (
	"encoding/json"
	"slices"
)

// cloud is what most components speak, after the first of them: commands with a request
// id, an acceptance at once, and a notice when the printer is done.
type cloud struct {
	notify  string // the command of that notice
	recalls bool   // it can be asked about a task
	flagged bool   // documents say that they are the platform's, and data in our area is called otherwise
	asked   bool   // it tells of paper where it is asked to
}

type object = map[string]any

func (c cloud) ask(cmd, request string, more object) object {
	out := object{"cmd": cmd, "requestID": request, "version": "1.0"}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func (c cloud) askPrinters(request string) any { return c.ask("getPrinters", request, nil) }

func (c cloud) askStatus(request, task string) any {
	if !c.recalls {
		return nil
	}
	return c.ask("getTaskStatus", request, object{"taskID": []string{task}})
}

func (c cloud) askPrint(t Task) (any, error) {
	area, err := platformArea(t)
	if err != nil {
		return nil, err
	}
	contents := []any{area}
	if t.Custom != "" && t.CustomTemplate != "" {
		name := "data"
		if c.flagged {
			name = "customData"
		}
		contents = append(contents, object{"templateURL": t.CustomTemplate, name: object{"text": t.Custom}})
	}
	document := object{"documentID": t.WaybillNo, "contents": contents}
	if c.flagged {
		document["ksOrderFlag"], document["waybillCode"] = true, t.WaybillNo
	}
	task := object{"taskID": t.ID, "preview": false, "printer": t.Printer, "firstDocumentNumber": 1, "totalDocumentCount": 1, "documents": []any{document}}
	if c.asked {
		task["notifyType"] = []string{"print"}
	}
	return c.ask("print", t.ID, object{"task": task}), nil
}

// platformArea is the platform's part of a label: its print data as it came where that is
// an object, or a ciphertext with what goes beside it.
func platformArea(t Task) (object, error) {
	if t.Data == "" {
		return nil, ErrAnswer
	}
	var out object
	if json.Unmarshal([]byte(t.Data), &out) != nil || out == nil {
		out = object{"encryptedData": t.Data}
	}
	put := func(value string, names ...string) {
		if value != "" && !slices.ContainsFunc(names, func(n string) bool { _, has := out[n]; return has }) {
			out[names[0]] = value
		}
	}
	put(t.Template, "templateURL", "templateUrl")
	put(t.Signature, "signature")
	put(t.Params, "params")
	return out, nil
}

// document is what a component says of one document.
type document struct {
	ID     text   `json:"documentID"`
	Status string `json:"status"`
	Msg    text   `json:"msg"`
	Detail text   `json:"detail"`
}

func (d document) outcome() Outcome {
	switch d.Status {
	case "success", "printed":
		return Outcome{State: Printed}
	case "failed":
		return Outcome{Failed, orElse(reason(string(d.Msg), string(d.Detail)), Refused)}
	case "canceled", "cancelled":
		return Outcome{Failed, orElse(reason(string(d.Msg), string(d.Detail)), Canceled)}
	case "pending", "printing", "rendered":
		return Outcome{State: Pending}
	}
	return Outcome{Uncertain, NoAnswer}
}

func (c cloud) hear(message []byte) (said, error) {
	var m struct {
		Cmd      string `json:"cmd"`
		Request  text   `json:"requestID"`
		Status   string `json:"status"`
		Msg      text   `json:"msg"`
		Default  string `json:"defaultPrinter"`
		Printers []struct {
			Name   string `json:"name"`
			Status text   `json:"status"`
		} `json:"printers"`
		Task       text            `json:"taskID"`
		TaskStatus string          `json:"taskStatus"`
		Print      json.RawMessage `json:"printStatus"`
	}
	if err := json.Unmarshal(message, &m); err != nil {
		return said{}, ErrAnswer
	}
	out := said{request: string(m.Request), task: string(m.Task)}
	switch m.Cmd {
	case "getPrinters":
		out.about = listed
		for _, p := range m.Printers {
			out.printers = append(out.printers, Printer{Name: p.Name, Default: p.Name == m.Default, State: string(p.Status)})
		}
	case "print":
		out.about, out.task, out.outcome = told, out.request, Outcome{State: Pending}
		if m.Status == "failed" {
			out.outcome = Outcome{Failed, orElse(reason(string(m.Msg)), Refused)}
		}
	case c.notify:
		var all []document
		if len(m.Print) > 0 && json.Unmarshal(m.Print, &all) != nil {
			return said{}, ErrAnswer
		}
		out.about, out.request, out.outcome = told, "", noticed(m.TaskStatus, string(m.Msg), all)
	case "getTaskStatus":
		var all []struct {
			Task    text       `json:"taskID"`
			Details []document `json:"detailStatus"`
		}
		if len(m.Print) > 0 && json.Unmarshal(m.Print, &all) != nil {
			return said{}, ErrAnswer
		}
		out.about, out.task = told, ""
		for _, one := range all {
			if len(one.Details) > 0 {
				out.task, out.outcome = string(one.Task), one.Details[0].outcome()
			}
		}
	}
	return out, nil
}

// noticed is what a notice about a task of one document means. That a task was printed
// is believed only where the document's own state does not say otherwise.
func noticed(task, msg string, all []document) Outcome {
	switch {
	case task == "rendered":
		return Outcome{State: Pending}
	case len(all) == 1:
		if o := all[0].outcome(); o.State != Uncertain {
			return o
		}
	case len(all) > 1:
		return Outcome{Uncertain, NoAnswer} // we sent one
	}
	switch task {
	case "printed":
		return Outcome{State: Printed}
	case "failed":
		return Outcome{Failed, orElse(reason(msg), Refused)}
	case "canceled", "cancelled":
		return Outcome{Failed, orElse(reason(msg), Canceled)}
	}
	return Outcome{Uncertain, NoAnswer}
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
