package channeltest

import (
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
)

// ciphers: what is cut out of a cipher text is what the channel says when it is asked for
// the plain text's index, nobody is asked for cutting, and Map cuts the same.
func (s suite) ciphers(t *testing.T) {
	c, ok := Dial(t, s.m, s.a, s.mute(t)).(channel.SearchIndexer)
	if !ok {
		if len(s.a.Ciphers) > 0 {
			t.Error("cipher texts, but the client searches none")
		}
		return
	}
	bearing, bare, asked := false, false, false
	for _, one := range s.a.Ciphers {
		index, ok := c.IndexOf(one.Field, one.Text)
		if index != one.Index || ok != (one.Index != "") {
			t.Errorf("%s %s: %q %v, want %q", one.Field, one.Text, index, ok, one.Index)
		}
		bearing, bare = bearing || ok, bare || !ok
		if one.Body == "" {
			continue
		}
		asked = true
		told, err := Dial(t, s.m, s.a, s.unless(Answered(0, nil, one.Body))).(channel.SearchIndexer).SearchIndex(t.Context(), one.Field, "13800000001")
		if err != nil || told != one.Index {
			t.Errorf("%s: asked, the channel says %q %v, want %q", one.Field, told, err, one.Index)
		}
	}
	if !bearing || !bare || !asked {
		t.Errorf("cipher texts with an index %v, without %v, asked for %v", bearing, bare, asked)
	}
	for _, field := range []string{"name", "phone", "address"} {
		for _, text := range []string{"", "13800000001", "张**", "138****0001", "#", "$$", "~~~", "$$$$"} {
			if index, ok := c.IndexOf(field, text); ok {
				t.Errorf("%s %q bears %q", field, text, index)
			}
		}
	}
	for _, raw := range s.a.Orders {
		o, err := Dial(t, s.m, s.a, s.mute(t)).Map(raw.Raw)
		if err != nil {
			continue // the order's own case tells
		}
		name, _ := c.IndexOf("name", o.Receiver.Name)
		phone, _ := c.IndexOf("phone", o.Receiver.Phone)
		if o.Receiver.NameIndex != name || o.Receiver.PhoneIndex != phone {
			t.Errorf("mapped with %q and %q, its ciphers bear %q and %q", o.Receiver.NameIndex, o.Receiver.PhoneIndex, name, phone)
		}
	}
}
