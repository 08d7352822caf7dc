// Command decode reads a PDF of labels as a scanner and a courier would, and prints a
// line of JSON per page: its Code128, and its words without blanks. It needs
// poppler's pdftoppm and pdftotext.
//
//	go run ./test/e2e/decode labels.pdf
package main

import (
	"encoding/json"
	"fmt"
	"image"
	_ "image/png" // what pdftoppm writes
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

type page struct {
	Code string `json:"code"` // empty where nothing can be read
	Text string `json:"text"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "decode:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: decode file.pdf")
	}
	dir, err := os.MkdirTemp("", "decode-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	words, err := exec.Command("pdftotext", "-layout", args[0], "-").Output()
	if err != nil {
		return fmt.Errorf("pdftotext: %w", err)
	}
	if out, err := exec.Command("pdftoppm", "-png", "-gray", "-r", "203", args[0], filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		return fmt.Errorf("pdftoppm: %w: %s", err, out)
	}
	files, err := filepath.Glob(filepath.Join(dir, "page*.png"))
	if err != nil {
		return err
	}
	slices.Sort(files)
	texts := strings.Split(string(words), "\f")
	out := json.NewEncoder(os.Stdout)
	for i, name := range files {
		code, err := scan(name)
		if err != nil {
			return err
		}
		p := page{Code: code}
		if i < len(texts) {
			p.Text = strings.Join(strings.Fields(texts[i]), "")
		}
		if err := out.Encode(p); err != nil {
			return err
		}
	}
	return nil
}

// scan reads the page's Code128; what cannot be read is empty.
func scan(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	im, _, err := image.Decode(f)
	if err != nil {
		return "", err
	}
	b, err := gozxing.NewBinaryBitmapFromImage(im)
	if err != nil {
		return "", err
	}
	res, err := oned.NewCode128Reader().Decode(b, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", nil
	}
	return res.GetText(), nil
}
