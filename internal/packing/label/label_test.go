package label_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/ordercove/ordercove/internal/packing/label"
)

const longest = "新疆维吾尔自治区克孜勒苏柯尔克孜自治州阿合奇县哈拉奇乡阿合塔拉村三组从北边数第二条巷子走到底左手边蓝色铁皮大门（门口有两棵杨树和一口老井）旁边的小卖部二楼201室，到了请打电话不要放快递柜"

func sample(n int) label.Label {
	return label.Label{
		Ref: fmt.Sprint("F", n), Carrier: "顺丰速运", Product: "标快", WaybillNo: fmt.Sprintf("SF%013d", 1000000000000+n), Route: "310-P6 031", Hub: "杭州萧山集散中心",
		QR:       fmt.Sprintf("MMM={'k1':'571','k2':'571AK','k5':'SF%013d'}", 1000000000000+n),
		Receiver: label.Party{Name: "林小满", Phone: "13800138000", Address: "浙江省杭州市西湖区文三路100号3幢2单元501室"},
		Sender:   label.Party{Name: "单湾仓库", Phone: "0571-88880000", Address: "浙江省杭州市余杭区五常街道文一西路969号"},
		Items:    []label.Item{{Code: "A-101", Name: "棉麻衬衫", Spec: "白色 L", Quantity: 2}, {Code: "B-7", Name: "帆布包", Quantity: 1}},
		OrderNos: []string{"2611210000000001234"}, Shop: "小满的店", BuyerNotes: []string{"请发顺丰，谢谢"}, SellerNotes: []string{"送小样"},
		Batch: "W1121-03", Sequence: n + 1, Total: 100, PrintedAt: time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC),
	}
}

func render(t *testing.T, tpl label.Template, ls ...label.Label) ([]byte, []label.Result) {
	t.Helper()
	var b bytes.Buffer
	res, err := label.Render(&b, tpl, ls)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), res
}

// tool runs a program of poppler's over a document.
func tool(t *testing.T, pdf []byte, name string, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "it.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(name, append(args, file, filepath.Join(dir, "out"))...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s (scripts/provision poppler installs it): %v\n%s", name, err, out)
	}
	return dir
}

// words are the document's characters, without blanks and line ends.
func words(t *testing.T, pdf []byte) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(tool(t, pdf, "pdftotext", "-raw"), "out"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(b)), "")
}

// pages are the document's pages as a label printer's head sees them.
func pages(t *testing.T, pdf []byte) (out []image.Image) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(tool(t, pdf, "pdftoppm", "-png", "-gray", "-r", "203"), "out*.png"))
	slices.Sort(files)
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		im, _, err := image.Decode(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, im)
	}
	return out
}

// bitmap prepares a page for decoding, which costs most of it.
func bitmap(t *testing.T, im image.Image) *gozxing.BinaryBitmap {
	t.Helper()
	b, err := gozxing.NewBinaryBitmapFromImage(im)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(b *gozxing.BinaryBitmap, r gozxing.Reader) string {
	res, err := r.Decode(b, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "unreadable: " + err.Error()
	}
	return res.GetText()
}

// symbol reads the QR symbol of a page square by square: each must be as wide as the others,
// in whole dots. Finding it on the page is left out, which the library at times cannot.
func symbol(t *testing.T, tpl label.Template, im image.Image) string {
	t.Helper()
	i := slices.IndexFunc(tpl.Elements, func(e label.Element) bool { return e.Kind == label.KindQR })
	e := tpl.Elements[i]
	at := func(mm float64) int { return int(mm * 203 / 25.4) }
	box := im.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(image.Rect(at(e.X), at(e.Y), at(e.X+e.Width), at(e.Y+e.Height)))
	res, err := qrcode.NewQRCodeReader().Decode(bitmap(t, box), map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		return "unreadable: " + err.Error()
	}
	return res.GetText()
}

func TestEveryLabelOfEverySizeScansAndNamesItsReceiver(t *testing.T) {
	for _, tpl := range label.Builtin() {
		var ls []label.Label
		for i := range 3 {
			ls = append(ls, sample(i))
		}
		ls[1].WaybillNo = "78123456789012" // digits alone take half the room
		ls[2].Receiver = label.Party{Name: "阿依古丽·买买提", Phone: "17012345678-1234", Address: longest}
		pdf, res := render(t, tpl, ls...)
		shown := pages(t, pdf)
		if len(shown) != len(ls) {
			t.Fatalf("%s: %d pages", tpl.Name, len(shown))
		}
		text := words(t, pdf)
		if wide := shown[0].Bounds().Dx(); wide < int(tpl.Size.Width*203/25.4)-2 || wide > int(tpl.Size.Width*203/25.4)+2 {
			t.Errorf("%s: the page is %d dots wide", tpl.Name, wide)
		}
		for i, l := range ls {
			if res[i].Page != i+1 || res[i].Err != nil || len(res[i].Missing) != 0 || res[i].Ref != l.Ref {
				t.Errorf("%s: %+v", tpl.Name, res[i])
			}
			page := bitmap(t, shown[i])
			if got := decode(page, oned.NewCode128Reader()); got != l.WaybillNo {
				t.Errorf("%s: bar code %q, want %q", tpl.Name, got, l.WaybillNo)
			}
			if got := symbol(t, tpl, shown[i]); got != l.QR {
				t.Errorf("%s: QR %q, want %q", tpl.Name, got, l.QR)
			}
			for _, want := range []string{l.Receiver.Name, l.Receiver.Phone, l.Receiver.Address, l.Route, l.Batch, fmt.Sprintf("%d/%d", l.Sequence, l.Total), "A-101", "请发顺丰", l.OrderNos[0]} {
				if !strings.Contains(text, strings.Join(strings.Fields(want), "")) {
					t.Errorf("%s: %q is not on the label: %s", tpl.Name, want, text)
				}
			}
		}
	}
}

// What carriers put into their routing symbols is of any length; the smallest box is 16 mm.
func TestARoutingSymbolScansHoweverMuchItHolds(t *testing.T) {
	text := "MMM={'k1':'755WE','k2':'755','k3':'','k4':'T6','k5':'SF1234567890123','k6':'','k7':'98d6b1c2'}" + strings.Repeat("8f3c~A/", 20)
	for _, tpl := range label.Builtin() {
		var ls []label.Label
		for _, n := range []int{10, 30, 54, 85, 120, 160, 220} {
			l := sample(n)
			l.QR = text[:n]
			ls = append(ls, l)
		}
		pdf, _ := render(t, tpl, ls...)
		for i, im := range pages(t, pdf) {
			if got := symbol(t, tpl, im); got != ls[i].QR {
				t.Errorf("%s, %d characters: %q", tpl.Name, len(ls[i].QR), got)
			}
		}
	}
	l := sample(0)
	l.QR = strings.Repeat(text, 12)
	if _, res := render(t, label.Builtin()[0], l); !errors.Is(res[0].Err, label.ErrBarcode) {
		t.Errorf("more than the box can show: %v", res[0].Err)
	}
}

func TestRareCharactersArePrintedAndUnknownOnesAreReported(t *testing.T) {
	l := sample(0)
	l.Receiver.Name = "𬸪𫘝㛃😀"
	l.Receiver.Address = "浙江省杭州市西湖区文三路100号\U000300001室"
	pdf, res := render(t, label.Builtin()[0], l)
	if string(res[0].Missing) != "😀\U00030000" {
		t.Fatalf("missing %q", string(res[0].Missing))
	}
	if text := words(t, pdf); !strings.Contains(text, "100号〓1室") || !strings.Contains(text, "㛃") {
		t.Fatal(text)
	}
	plain := sample(0)
	plain.Receiver.Name = "    "
	without, _ := render(t, label.Builtin()[0], plain)
	if ink(pages(t, pdf)[0]) <= ink(pages(t, without)[0])+200 {
		t.Fatal("the rare characters of the name left no ink")
	}
}

func TestEveryCharacterOfANameIsOnTheLabel(t *testing.T) {
	blank := sample(0)
	blank.Receiver.Name = ""
	var ls []label.Label
	// Names with signs of the rarest planes, of Hong Kong, of Japan, old forms, other scripts.
	for _, name := range []string{"𠮷野", "㙍田", "𨋢仔", "𡃁", "𬸪𫘝", "髙﨑", "龘靐齉", "喆堃", "囧槑", "Łukasz", "Đặng", "Юрий", "①②"} {
		l := sample(0)
		l.Receiver.Name = name
		ls = append(ls, l)
	}
	pdf, res := render(t, label.Builtin()[0], append(ls, blank)...)
	shown := pages(t, pdf)
	without := ink(shown[len(ls)])
	for i, l := range ls {
		if len(res[i].Missing) != 0 || ink(shown[i]) < without+60*len([]rune(l.Receiver.Name)) {
			t.Errorf("%s: missing %q, %d dots of ink", l.Receiver.Name, string(res[i].Missing), ink(shown[i])-without)
		}
	}
}

// ink counts dark dots.
func ink(im image.Image) (n int) {
	for y := im.Bounds().Min.Y; y < im.Bounds().Max.Y; y++ {
		for x := im.Bounds().Min.X; x < im.Bounds().Max.X; x++ {
			if r, _, _, _ := im.At(x, y).RGBA(); r < 0x8000 {
				n++
			}
		}
	}
	return n
}

func TestALabelThatCannotBePrintedWholeIsRefusedAndTheOthersGoOn(t *testing.T) {
	ls := []label.Label{sample(0), sample(1), sample(2), sample(3)}
	ls[1].Receiver.Address = strings.Repeat(longest, 12)
	ls[2].WaybillNo = "顺丰一号"
	pdf, res := render(t, label.Builtin()[0], ls...)
	if !errors.Is(res[1].Err, label.ErrTooLong) || !errors.Is(res[2].Err, label.ErrBarcode) || res[3].Page != 2 || len(pages(t, pdf)) != 2 {
		t.Fatalf("%+v", res)
	}
	if strings.Contains(res[1].Err.Error(), "\n") {
		t.Fatal(res[1].Err)
	}
	checked, err := label.Check(label.Builtin()[0], ls)
	if err != nil || !errors.Is(checked[1].Err, label.ErrTooLong) || checked[0].Err != nil {
		t.Fatalf("%+v %v", checked, err)
	}
	if pdf, res := render(t, label.Builtin()[0], ls[2]); len(pdf) != 0 || res[0].Page != 0 {
		t.Fatal("a document without pages was written")
	}
}

func TestItemsThatDoNotFitAreCounted(t *testing.T) {
	l := sample(0)
	l.Items = nil
	for i := range 60 {
		l.Items = append(l.Items, label.Item{Code: fmt.Sprintf("SKU-%03d", i), Name: "加厚保暖儿童羽绒服", Spec: "红色 120", Quantity: 2})
	}
	pdf, _ := render(t, label.Builtin()[0], l)
	text := words(t, pdf)
	var listed int
	for _, it := range l.Items {
		if strings.Contains(text, it.Code) {
			listed++
		}
	}
	if want := fmt.Sprintf("…另有%d种%d件", 60-listed, 2*(60-listed)); listed == 0 || !strings.Contains(text, want) || !strings.Contains(text, "共120件") {
		t.Fatalf("%d listed; %s", listed, text)
	}
}

func TestATemplateIsCheckedElementByElement(t *testing.T) {
	for _, tpl := range label.Builtin() {
		raw, err := json.Marshal(tpl)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := label.Parse(raw); err != nil || len(back.Elements) != len(tpl.Elements) {
			t.Fatalf("%s: %v", tpl.Name, err)
		}
	}
	for about, c := range map[string]struct {
		json string
		want error
	}{
		"no JSON":        {`{`, label.ErrTemplate},
		"another size":   {`{"name":"x","size":{"width_mm":80,"height_mm":80},"elements":[{"kind":"box","x_mm":1,"y_mm":1,"width_mm":5,"height_mm":5}]}`, label.ErrTemplate},
		"no element":     {`{"name":"x","size":{"width_mm":76,"height_mm":130},"elements":[]}`, label.ErrTemplate},
		"off the label":  {`{"name":"x","size":{"width_mm":76,"height_mm":130},"elements":[{"kind":"box","x_mm":70,"y_mm":1,"width_mm":7,"height_mm":5}]}`, label.ErrTemplate},
		"unknown kind":   {`{"name":"x","size":{"width_mm":76,"height_mm":130},"elements":[{"kind":"logo","x_mm":1,"y_mm":1,"width_mm":7,"height_mm":5}]}`, label.ErrTemplate},
		"no type size":   {`{"name":"x","size":{"width_mm":76,"height_mm":130},"elements":[{"kind":"text","text":"a","x_mm":1,"y_mm":1,"width_mm":7,"height_mm":5}]}`, label.ErrTemplate},
		"unknown field":  {`{"name":"x","size":{"width_mm":76,"height_mm":130},"elements":[{"kind":"text","text":"{colour}","size_pt":8,"x_mm":1,"y_mm":1,"width_mm":7,"height_mm":5}]}`, label.ErrUnknownField},
		"unknown when":   {`{"name":"x","size":{"width_mm":76,"height_mm":130},"elements":[{"kind":"box","when":"colour","x_mm":1,"y_mm":1,"width_mm":7,"height_mm":5}]}`, label.ErrUnknownField},
		"slanting lines": {`{"name":"x","size":{"width_mm":76,"height_mm":130},"elements":[{"kind":"line","x_mm":1,"y_mm":1,"width_mm":7,"height_mm":5}]}`, label.ErrTemplate},
	} {
		if _, err := label.Parse([]byte(c.json)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", about, err)
		}
	}
}

func TestASheetRepeatsItsHeadAndKeepsEveryRow(t *testing.T) {
	s := label.Sheet{Title: "拣货单 W1121-03", Meta: []string{"仓库 杭州仓 · 45 单 · 120 件", "打印 2026-11-21 10:30"}, Code: "W112103",
		Columns: []label.Column{{Title: "库位", Width: 24, Bold: true}, {Title: "SKU", Width: 30}, {Title: "商品", Width: 90}, {Title: "数量", Width: 20, Align: "right", Bold: true}},
		Foot:    []string{"合计 70 种 140 件"}}
	for i := range 70 {
		s.Rows = append(s.Rows, []string{fmt.Sprintf("A-%02d-%02d", i/10, i%10), fmt.Sprintf("SKU-%03d", i), "加厚保暖儿童羽绒服连帽中长款冬季新品亲子装", "2"})
	}
	var b bytes.Buffer
	if err := label.RenderSheets(&b, []label.Sheet{s, s}); err != nil {
		t.Fatal(err)
	}
	shown, text := pages(t, b.Bytes()), words(t, b.Bytes())
	for i := range 70 {
		if strings.Count(text, fmt.Sprintf("SKU-%03d", i)) != 2 {
			t.Fatalf("row %d is not on both sheets", i)
		}
	}
	if n := strings.Count(text, "拣货单W1121-03"); n != 2*len(shown) || len(shown) < 4 || strings.Count(text, "合计70种140件") != 4 {
		t.Fatalf("%d heads on %d pages", n, len(shown))
	}
	for _, im := range []image.Image{shown[0], shown[len(shown)-1]} {
		head := im.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(image.Rect(im.Bounds().Dx()/2, 0, im.Bounds().Dx(), im.Bounds().Dy()/10))
		if got := decode(bitmap(t, head), oned.NewCode128Reader()); got != "W112103" {
			t.Fatal(got)
		}
	}
	s.Columns[2].Width = 200
	if err := label.RenderSheets(&b, []label.Sheet{s}); !errors.Is(err, label.ErrTemplate) {
		t.Fatal(err)
	}
}

func BenchmarkRender(b *testing.B) {
	var ls []label.Label
	for i := range 500 {
		ls = append(ls, sample(i))
	}
	for b.Loop() {
		var out bytes.Buffer
		if _, err := label.Render(&out, label.Builtin()[0], ls); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(out.Len()))
	}
	b.ReportMetric(float64(500*b.N)/b.Elapsed().Seconds(), "labels/s")
}
