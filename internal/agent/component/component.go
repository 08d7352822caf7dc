package component

import (
	"errors"
	"slices"
)

// Errors of components.
var (
	// ErrClosed: nothing listens where the component would.
	ErrClosed = errors.New("component: not reachable")
	// ErrUnsupported: the component cannot be asked this.
	ErrUnsupported = errors.New("component: unsupported")
	// ErrAnswer: the component answered what its dialect does not know.
	ErrAnswer = errors.New("component: unreadable answer")
)

// Component is one platform's program, and how to speak to it.
type Component struct {
	// Kind is the code of the channel whose labels it prints.
	Kind string
	// NameZH and NameEN are what sellers know the program as.
	NameZH, NameEN string
	// Address is where it listens unless somebody moved it.
	Address string
	// MaxDocuments is the most it takes in one task. We send one.
	MaxDocuments int
	// Recalls reports whether it can be asked what became of a task.
	Recalls bool

	tongue tongue
}

// All lists the components.
func All() []Component {
	return []Component{
		{Kind: "taobao", NameZH: "菜鸟打印组件", NameEN: "Cainiao Print", Address: "ws://127.0.0.1:13528", Recalls: true, tongue: cloud{notify: "notifyPrintResult", recalls: true, asked: true}},
		{Kind: "pdd", NameZH: "拼多多打印组件", NameEN: "Pinduoduo Print", Address: "ws://127.0.0.1:5000", Recalls: true, tongue: cloud{notify: "PrintResultNotify", recalls: true}},
		{Kind: "douyin", NameZH: "抖店打印组件", NameEN: "Doudian Print", Address: "ws://127.0.0.1:13888", tongue: cloud{notify: "notifyPrintResult"}},
		{Kind: "jd", NameZH: "京东打印组件", NameEN: "JD Print", Address: "ws://127.0.0.1:9113", tongue: keyed{}},
		{Kind: "wechat", NameZH: "微信小店打印组件", NameEN: "WeChat Store Print", Address: "ws://127.0.0.1:12705", tongue: commands{}},
		{Kind: "kuaishou", NameZH: "快手打印组件", NameEN: "Kuaishou Print", Address: "ws://127.0.0.1:16888/ks/printer", MaxDocuments: 10, tongue: cloud{notify: "notifyPrintResult", flagged: true}},
		{Kind: "xhs", NameZH: "小红书打印组件", NameEN: "Xiaohongshu Print", Address: "ws://127.0.0.1:10818", tongue: cloud{notify: "notifyPrintResult"}},
	}
}

// Of is the component of a channel.
func Of(kind string) (Component, bool) {
	all := All()
	i := slices.IndexFunc(all, func(c Component) bool { return c.Kind == kind })
	if i < 0 {
		return Component{}, false
	}
	return all[i], true
}

// Printer is a printer as a component names it.
type Printer struct {
	Name    string
	Default bool
	// State is the component's own word, empty where it has none.
	State string
}

// Task is one label. It bears personal data.
type Task struct {
	// ID names this giving of the label to the printer, and no other.
	ID        string
	WaybillNo string
	Printer   string
	// Data, Signature and Template are the platform's own and go to the component unread.
	Data, Signature, Template string
	// Params is a signed query by which some components ask their platform for the key.
	Params string
	// Custom stands in the area that the platform's label leaves to us, drawn by
	// CustomTemplate; without one it is left out.
	Custom, CustomTemplate string
}

// State is what became of a label.
type State string

// States of a label at the component.
const (
	Pending   State = "pending" // the component has it and works on it
	Printed   State = "printed"
	Failed    State = "failed"
	Uncertain State = "uncertain"
)

// Outcome is what a component said of a label.
type Outcome struct {
	State State
	// Reason says why, in the component's words or one of ours; empty where it printed.
	Reason string
}

// Reasons of ours.
const (
	NoAnswer = "no_answer" // it was given to the component, which did not say what became of it
	Cut      = "cut_off"   // the connection ended in between
	Unknown  = "unknown_task"
	Refused  = "refused"
	Canceled = "canceled"
)
