package connector

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

// TestNoFileIsTakenForAnotherChannels shows every sample of every connector to all
// connectors at once: exactly its own recognises it.
func TestNoFileIsTakenForAnotherChannels(t *testing.T) {
	seen := 0
	for _, m := range All() {
		paths, _ := filepath.Glob(filepath.Join(m.Code, "testdata", "*"))
		more, _ := filepath.Glob(filepath.Join(m.Code, "testdata", "*", "*"))
		for _, p := range append(paths, more...) {
			if filepath.Base(filepath.Dir(p)) == channeltest.APIData {
				continue
			}
			raw, err := os.ReadFile(p)
			if err != nil {
				continue // a folder
			}
			seen++
			found, err := channel.Detect(All(), []channel.File{channeltest.Open(t, filepath.Base(p), raw)})
			if err != nil || len(found) != 1 {
				t.Fatalf("%s: %v %v", p, found, err)
			}
			f := found[0]
			if m.Can(channel.MappedFiles) {
				if f.State != channel.Unknown {
					t.Errorf("%s is taken for %s %s", p, f.Channel, f.Kind)
				}
				continue
			}
			if f.State != channel.Recognised || f.Channel != m.Code {
				t.Errorf("%s is %s: %s %s of %s", p, f.State, f.Channel, f.Kind, m.Code)
			}
		}
	}
	if seen < 25 {
		t.Errorf("saw only %d samples", seen)
	}
}

func TestBadgesAndCodesDiffer(t *testing.T) {
	codes, colors := map[string]bool{}, map[string]string{}
	for _, m := range All() {
		if codes[m.Code] || colors[m.Color] != "" {
			t.Errorf("%s repeats a code or the colour of %s", m.Code, colors[m.Color])
		}
		codes[m.Code], colors[m.Color] = true, m.Code
	}
}

// TestFilesThatAreOnlyRecognisedSayWhatTheyAre shows headers from public sources, without rows.
func TestFilesThatAreOnlyRecognisedSayWhatTheyAre(t *testing.T) {
	for header, want := range map[string]string{
		"结算时间,订单号,子订单号,结算金额,结算账户,结算单类型,下单时间,商品ID,收入合计,平台服务费": "douyin settlement",
		"售后单号,订单编号,商品名称,退款金额,售后状态,发货物流单号,退换货物流单号,商家退换货联系人电话": "wechat aftersales",
		"售后单号,订单编号,退款金额,售后状态,买家ID,退货物流单号,换货物流单号":             "kuaishou aftersales",
		"商家ID,订单号,商品ID,商品名称,实际结算金额(元),实际结算时间":                "kuaishou settlement",
		"订单号,售后单号,下单时间,结算时间,交易类型,结算账户,动账金额,计佣基数":             "xhs settlement",
		"订单编号,订单状态,商品编号,商品名称,商品数量,应结金额,费用名称,收支方向,售后服务单号":     "jd settlement",
	} {
		found, err := channel.Detect(All(), []channel.File{channeltest.Open(t, "f.csv", []byte(header+"\r\n"))})
		if err != nil || len(found) != 1 {
			t.Fatal(found, err)
		}
		if got := found[0].Channel + " " + string(found[0].Kind); got != want || found[0].Readable || found[0].State != channel.Recognised {
			t.Errorf("%s: %s %s", header, found[0].State, got)
		}
	}
}

func TestEveryChannelThatDecidesCasesSaysWhatARefusalTakes(t *testing.T) {
	kinds := []channel.ProofKind{channel.ProofPicture, channel.ProofVideo, channel.ProofShipping, channel.ProofNegotiation}
	needs := []channel.ProofNeed{channel.ProofAlways, channel.ProofByReason, channel.ProofOptional}
	seen := 0
	for _, m := range All() {
		if !m.Can(channel.DecideAftersales) {
			continue
		}
		seen++
		if m.Refusal == nil {
			t.Errorf("%s decides cases and does not say what it asks of who refuses one", m.Code)
			continue
		}
		for _, p := range m.Refusal.Proofs {
			if !slices.Contains(kinds, p.Kind) || !slices.Contains(needs, p.Need) {
				t.Errorf("%s: %+v is no proof", m.Code, p)
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d channels decide cases", seen)
	}
}
