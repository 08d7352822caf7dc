package order

import (
	"reflect"
	"testing"

	"github.com/ordercove/ordercove/internal/order/content"
)

// TestEveryFieldOfADocumentIsPartOfItsDigest changes one field at a time, also
// those of lines and parcels, and those that somebody adds next year.
func TestEveryFieldOfADocumentIsPartOfItsDigest(t *testing.T) {
	written := func(d *Document) string {
		var w content.Content
		say(&w, d)
		return string(w)
	}
	blank := Document{Lines: []Line{{}}, Waybill: &Waybill{}, Waybills: []Waybill{{}}, Holds: []string{""}, Flags: []string{""}}
	seen := map[string]string{written(&blank): "nothing"}
	no := map[string]bool{".ModifiedAt": true, ".ShopHint": true} // what the source is, not what it says
	tried := 0
	var walk func(path string, v reflect.Value, d *Document)
	walk = func(path string, v reflect.Value, d *Document) {
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(path+"."+v.Type().Field(i).Name, v.Field(i), d)
			}
			return
		case reflect.Slice:
			walk(path, v.Index(0), d)
			return
		case reflect.Pointer:
			if v.Type().Elem().Kind() == reflect.Struct {
				walk(path, v.Elem(), d)
				return
			}
			v.Set(reflect.New(v.Type().Elem())) // known to be nothing is not unknown
			defer v.SetZero()
		case reflect.String:
			v.SetString("x")
			defer v.SetZero()
		case reflect.Bool:
			v.SetBool(true)
			defer v.SetZero()
		default:
			v.SetInt(7)
			defer v.SetZero()
		}
		tried++
		now := written(d)
		if other, same := seen[now]; same != no[path] {
			t.Errorf("%s is written like %q", path, other)
		}
		seen[now] = path
	}
	walk("", reflect.ValueOf(&blank).Elem(), &blank)
	if tried < 55 {
		t.Errorf("%d fields were tried", tried)
	}
	one, two := Document{Waybill: &Waybill{No: "1"}}, Document{Waybills: []Waybill{{No: "1"}}}
	if written(&one) == written(&two) {
		t.Error("a parcel and the first of several are written alike")
	}
}
