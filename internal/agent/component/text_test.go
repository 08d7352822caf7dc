package component

import (
	"strings"
	"testing"
)

func TestAReasonHoldsNoNumberThatMayBeAPhoneAndFitsALine(t *testing.T) {
	for said, want := range map[string]string{
		" 打印机缺纸\n": "打印机缺纸", "收件人 13800138000 校验失败": "收件人 *********** 校验失败", "code 123456": "code 123456", "": "",
		"1234567": "*******", "a\tb": "a b",
	} {
		if got := reason(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
	if got := reason("", "  ", "第二句"); got != "第二句" {
		t.Errorf("%q", got)
	}
	if got := []rune(reason(strings.Repeat("错", 200))); len(got) != maxReason {
		t.Errorf("%d characters", len(got))
	}
	if got := Words("", Refused); got != Refused {
		t.Errorf("%q", got)
	}
}

func TestTheComponentIsToldTheSizeOfThePlatformsOwnTemplate(t *testing.T) {
	for template, sized := range map[string]bool{"": true, "single": true, "mine": false} {
		v, err := commands{}.askPrint(Task{ID: "1", Data: "x", Template: template})
		if size, ok := v.(object)["size"].(object); err != nil || ok != sized || ok && (size["width"] != 76 || size["height"] != 130) {
			t.Errorf("%q: %v %v", template, v, err)
		}
	}
}

func TestANoticeIsBelievedOnlyOfItsDocument(t *testing.T) {
	hear := func(text string) Outcome {
		t.Helper()
		m, err := cloud{notify: "notifyPrintResult"}.hear([]byte(text))
		if err != nil || m.about != told || m.task != "7" {
			t.Fatalf("%s: %+v %v", text, m, err)
		}
		return m.outcome
	}
	for text, want := range map[string]State{
		`{"cmd":"notifyPrintResult","taskID":7,"taskStatus":"rendered"}`:                                                                        Pending,
		`{"cmd":"notifyPrintResult","taskID":"7","taskStatus":"printed"}`:                                                                       Printed,
		`{"cmd":"notifyPrintResult","taskID":"7","taskStatus":"printed","printStatus":[{"documentID":1,"status":"failed","msg":"卡纸"}]}`:         Failed,
		`{"cmd":"notifyPrintResult","taskID":"7","taskStatus":"failed","printStatus":[{"documentID":"1","status":"success"}]}`:                  Printed,
		`{"cmd":"notifyPrintResult","taskID":"7","taskStatus":"canceled"}`:                                                                      Failed,
		`{"cmd":"notifyPrintResult","taskID":"7","taskStatus":"partPrinted","printStatus":[{"status":"success"},{"status":"failed"}]}`:          Uncertain,
		`{"cmd":"notifyPrintResult","taskID":"7","taskStatus":"something new"}`:                                                                 Uncertain,
		`{"cmd":"notifyPrintResult","taskID":"7","taskStatus":"failed","msg":"缺纸","printStatus":[{"documentID":"1","status":"something new"}]}`: Failed,
	} {
		if got := hear(text); got.State != want {
			t.Errorf("%s: %+v, want %s", text, got, want)
		}
	}
	for _, text := range []string{``, `[]`, `{"cmd":"notifyPrintResult","printStatus":"x"}`, `{"cmd":7}`} {
		if _, err := (cloud{notify: "notifyPrintResult"}).hear([]byte(text)); err == nil {
			t.Errorf("%s was understood", text)
		}
	}
}
