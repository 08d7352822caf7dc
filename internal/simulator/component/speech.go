package component

import (
	"fmt"
	"iter"
	"maps"
	"strconv"
	"strings"
)

// ports are where the components listen on a seller's machine; paths are what some of
// them want asked for.
var (
	ports = map[string]int{"taobao": 13528, "pdd": 5000, "douyin": 13888, "jd": 9113, "wechat": 12705, "kuaishou": 16888, "xhs": 10818}
	paths = map[string]string{"kuaishou": "/ks/printer"}
)

func keysOf[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// Address is where a component is found below a host: ws://host:port/path.
func Address(kind, host string) string {
	return "ws://" + host + ":" + strconv.Itoa(ports[kind]) + paths[kind]
}

// Path is what a component wants asked for, "" for anything.
func Path(kind string) string { return paths[kind] }

type obj = map[string]any

func (c *conn) answer(m obj) {
	switch c.p.kind {
	case "jd":
		c.ordered(m)
	case "wechat":
		c.commanded(m)
	default:
		c.cloud(m)
	}
}

func str(m obj, name string) string {
	switch v := m[name].(type) {
	case string:
		return v
	case nil:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

func sub(m obj, name string) obj {
	out, _ := m[name].(obj)
	return out
}

func list(m obj, name string) (out []obj) {
	all, _ := m[name].([]any)
	for _, one := range all {
		if o, ok := one.(obj); ok {
			out = append(out, o)
		}
	}
	return out
}

// cloud answers commands that bear a request id.
func (c *conn) cloud(m obj) {
	request := str(m, "requestID")
	reply := func(cmd string, more obj) {
		out := obj{"cmd": cmd, "requestID": request}
		maps.Copy(out, more)
		c.say(out)
	}
	switch cmd := str(m, "cmd"); cmd {
	case "getPrinters":
		var all []obj
		for _, name := range c.p.printers {
			all = append(all, obj{"name": name, "status": "enable"})
		}
		reply(cmd, obj{"status": "success", "printers": all, "defaultPrinter": c.p.printers[0]})
	case "getTaskStatus":
		if c.p.kind != "taobao" && c.p.kind != "pdd" {
			return // the others stay silent
		}
		var all []obj
		names, _ := m["taskID"].([]any)
		for _, n := range names {
			if state := c.p.state(fmt.Sprint(n)); state != "" {
				all = append(all, obj{"taskID": n, "detailStatus": []obj{{"documentID": "", "status": state, "msg": word(state), "printer": ""}}})
			}
		}
		reply(cmd, obj{"status": "success", "printStatus": all})
	case "print":
		c.cloudPrint(sub(m, "task"), reply)
	}
}

func word(state string) string {
	if state == failed {
		return "打印机缺纸或卡纸"
	}
	return ""
}

func (c *conn) cloudPrint(task obj, reply func(string, obj)) {
	docs := list(task, "documents")
	name := str(task, "taskID")
	if why := c.p.unfit(docs); why != "" || len(docs) == 0 {
		reply("print", obj{"status": "failed", "taskID": name, "msg": why})
		return
	}
	reply("print", obj{"status": "success", "taskID": name, "msg": ""})
	var labels []Paper
	for _, d := range docs {
		parts := list(d, "contents")
		l := Paper{Task: name, Document: str(d, "documentID"), Printer: str(task, "printer"), Data: str(parts[0], "encryptedData")}
		if len(parts) > 1 {
			field := "data"
			if c.p.kind == "kuaishou" {
				field = "customData"
			}
			l.Custom = str(sub(parts[1], field), "text")
		}
		labels = append(labels, l)
	}
	if c.p.kind != "pdd" { // rendering is told first by most
		c.say(obj{"cmd": "notifyPrintResult", "taskID": name, "printer": str(task, "printer"), "taskStatus": "rendered", "printStatus": []obj{{"documentID": labels[0].Document, "status": "rendered"}}})
	}
	c.print(labels, func(states []string) any {
		notice := obj{"cmd": "notifyPrintResult", "requestID": name, "taskID": name, "printer": str(task, "printer"), "taskStatus": "printed"}
		if c.p.kind == "pdd" {
			notice["cmd"] = "PrintResultNotify"
			delete(notice, "requestID")
		}
		var all []obj
		for i, state := range states {
			if state == failed {
				notice["taskStatus"] = "failed"
			}
			all = append(all, obj{"documentID": labels[i].Document, "status": state, "msg": word(state), "detail": ""})
		}
		notice["printStatus"] = all
		return notice
	})
}

// unfit says why documents cannot be printed.
func (p *Program) unfit(docs []obj) string {
	if p.kind == "kuaishou" && len(docs) > 10 {
		return "单次打印任务文档数超过 10 个"
	}
	for _, d := range docs {
		parts := list(d, "contents")
		switch {
		case len(parts) == 0 || str(parts[0], "encryptedData") == "":
			return "密文为空"
		case p.kind == "kuaishou" && d["ksOrderFlag"] != true:
			return "缺少 ksOrderFlag"
		case p.kind == "douyin" && !strings.Contains(str(parts[0], "params"), "method=logistics.getShopKey"):
			return "params 缺失，无法获取店铺密钥"
		}
	}
	return ""
}

// ordered answers orders that bear a key.
func (c *conn) ordered(m obj) {
	key := str(m, "key")
	switch str(m, "orderType") {
	case "GET_Printers":
		c.say(obj{"key": key, "code": "6", "success": "true", "status": "500", "message": "", "detailinfo": obj{"printers": c.p.printers}})
	case "PRINT":
		params := sub(m, "parameters")
		var labels []Paper
		for _, d := range list(params, "contents") {
			labels = append(labels, Paper{Task: key, Document: str(d, "documentID"), Printer: str(params, "printName"), Data: str(d, "printData"), Custom: str(sub(d, "customData"), "text")})
		}
		if len(labels) == 0 || labels[0].Data == "" {
			c.say(obj{"key": key, "code": "2", "success": "false", "status": "502", "message": "数据有误", "detailinfo": obj{}})
			return
		}
		c.print(labels, func(states []string) any {
			var errors []obj
			for i, state := range states {
				if state == failed {
					errors = append(errors, obj{"seq": strconv.Itoa(i + 1), "msg": word(state)})
				}
			}
			return obj{"key": key, "code": "2", "success": strconv.FormatBool(len(errors) == 0), "status": "500", "message": "",
				"detailinfo": obj{"total": fmt.Sprintf("%d-%d", len(states), len(states)), "errors": errors}}
		})
	}
}

// commanded answers commands whose answer is all there is.
func (c *conn) commanded(m obj) {
	request := str(m, "requestID")
	switch str(m, "command") {
	case "getPrinterList":
		var all []obj
		for _, name := range c.p.printers {
			all = append(all, obj{"name": name, "displayName": name, "status": 3})
		}
		c.say(obj{"command": "getPrinterList", "requestID": request, "printerList": all})
	case "print":
		var labels []Paper
		for _, t := range list(m, "taskList") {
			labels = append(labels, Paper{Task: str(t, "taskID"), Printer: str(m, "printer"), Data: str(t, "printInfo"), Custom: str(sub(sub(t, "customInfo"), "data"), "text")})
		}
		if len(labels) == 0 || str(m, "version") != "2.0" || labels[0].Data == "" {
			c.say(obj{"command": "print", "requestID": request, "results": []obj{{"taskID": request, "success": false, "failureReason": "参数错误"}}})
			return
		}
		c.print(labels, func(states []string) any {
			var results []obj
			for i, state := range states {
				results = append(results, obj{"taskID": labels[i].Task, "success": state == success, "failureReason": word(state)})
			}
			return obj{"command": "print", "requestID": request, "results": results}
		})
	}
}
