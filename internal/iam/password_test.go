package iam

import (
	"errors"
	"io"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/ordercove/ordercove/internal/kit/db/dbtest"
	"github.com/ordercove/ordercove/internal/kit/kittest"
)

func TestPasswordRules(t *testing.T) {
	for _, c := range []struct {
		password string
		want     error
	}{
		{"short", ErrPasswordShort},
		{"密码七个字不够", ErrPasswordShort},
		{strings.Repeat("long enough ", 11), ErrPasswordLong},
		{"password", ErrPasswordCommon},
		{"P@ssw0rd2026!", ErrPasswordCommon},
		{"Woaini1314", ErrPasswordCommon},
		{"abc123456", ErrPasswordCommon},
		{"qwertyuiop", ErrPasswordCommon},
		{"1qaz2wsx", ErrPasswordCommon},
		{"aaaaaaaaaa", ErrPasswordCommon},
		{"abababab", ErrPasswordCommon},
		{"13800138000", ErrPasswordCommon},
		{"2026-11-21", ErrPasswordCommon},
		{"admin@123", ErrPasswordCommon},
		{"taobao888", ErrPasswordCommon},
		{"iloveyou520", ErrPasswordCommon},
		{"adminadmin", ErrPasswordCommon},
		{"owner likes tea", ErrPasswordNames},
		{"at Cove-9 we ship", ErrPasswordNames},
		{"correct horse battery", nil},
		{"wr3n-otter-lamp", nil},
		{"一只橘猫蹲在窗台上", nil},
		{"tea with 7 plums", nil},
	} {
		if err := checkPassword(Policy{}, c.password, "owner", "cove-9"); !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.password, err, c.want)
		}
	}
	if err := checkPassword(Policy{MinLength: 12}, "wr3n-otter"); !errors.Is(err, ErrPasswordShort) {
		t.Errorf("the merchant asks for 12: %v", err)
	}
	if err := checkPassword(Policy{Mix: true}, "only small letters"); !errors.Is(err, ErrPasswordMix) {
		t.Errorf("the merchant asks for a mix: %v", err)
	}
	if err := checkPassword(Policy{Mix: true}, "Now-with-capitals"); err != nil {
		t.Errorf("three kinds: %v", err)
	}
}

func random() io.Reader { return rand.New(rand.NewSource(3)) }

func TestHashesAreArgon2idAndRehashAtAnotherCost(t *testing.T) {
	h, err := newHasher(Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}, random())
	if err != nil {
		t.Fatal(err)
	}
	phc, err := h.hash(t.Context(), "a b c d e f g")
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("%s, %v", phc, err)
	}
	if ok, stale, err := h.verify(t.Context(), phc, "a b c d e f g"); !ok || stale || err != nil {
		t.Errorf("right: %v %v %v", ok, stale, err)
	}
	if ok, _, err := h.verify(t.Context(), phc, "a b c d e f h"); ok || err != nil {
		t.Errorf("wrong: %v %v", ok, err)
	}
	dearer, err := newHasher(Cost{MemoryKiB: 128, Passes: 1, Lanes: 1}, random())
	if err != nil {
		t.Fatal(err)
	}
	if ok, stale, err := dearer.verify(t.Context(), phc, "a b c d e f g"); !ok || !stale || err != nil {
		t.Errorf("at another cost: %v %v %v", ok, stale, err)
	}
	if ok, stale, err := h.verify(t.Context(), h.decoy, "anything at all"); ok || stale || err != nil {
		t.Errorf("the decoy: %v %v %v", ok, stale, err)
	}
	for _, bad := range []string{"", "plain", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAA"} {
		if _, _, err := h.verify(t.Context(), bad, "x"); err == nil {
			t.Errorf("accepted %q as a hash", bad)
		}
	}
}

func TestTheMatrixKeepsItsPromises(t *testing.T) {
	has := func(role, permission string) bool {
		for _, p := range DefaultRights(role) {
			if p == permission {
				return true
			}
		}
		return false
	}
	seen := map[string]bool{}
	for _, p := range Permissions() {
		if seen[p.Code] || p.ZH == "" || p.EN == "" {
			t.Errorf("%s stands twice or lacks a text", p.Code)
		}
		seen[p.Code] = true
		if !has(Owner, p.Code) {
			t.Errorf("the owner lacks %s", p.Code)
		}
		for _, r := range p.Roles {
			if _, ok := roleDef(r); !ok {
				t.Errorf("%s names the role %s, which is none", p.Code, r)
			}
		}
	}
	for _, no := range []struct{ role, permission, why string }{
		{CustomerService, "order.adjust_price", "customer service never changes amounts"},
		{CustomerService, "order.edit_lines", "lines carry amounts"},
		{CustomerService, "field.cost", "costs are not for the counter"},
		{Admin, "order.reveal", "admin does not imply personal data"},
		{Admin, "export.plain", "admin does not imply personal data"},
		{Finance, "fulfillment.ship", "finance does not ship"},
		{Finance, "order.edit_address", "finance does not move parcels"},
		{Warehouse, "field.money", "the warehouse sees no money"},
		{Picker, "field.money", "the warehouse sees no money"},
		{WarehouseManager, "field.money", "the warehouse sees no money"},
		{ReadOnly, "order.note", "read only"},
		{Auditor, "order.note", "read only"},
	} {
		if has(no.role, no.permission) {
			t.Errorf("%s holds %s: %s", no.role, no.permission, no.why)
		}
	}
	for _, yes := range []struct{ role, permission string }{
		{CustomerService, "order.edit_address"}, {CustomerService, "refund.approve"}, {Warehouse, "fulfillment.ship"},
		{Finance, "refund.approve"}, {Auditor, "audit.read"}, {Reviewer, "order.approve"}, {Purchaser, "field.cost"},
	} {
		if !has(yes.role, yes.permission) {
			t.Errorf("%s lacks %s", yes.role, yes.permission)
		}
	}
	if d, _ := roleDef(CustomerService); d.RefundLimit <= 0 {
		t.Error("customer service refunds without a limit")
	}
	if md := MatrixMarkdown(); strings.Count(md, "\n") != len(Permissions())+2 {
		t.Error("the published matrix misses rows")
	}
}

func TestBlocksDouble(t *testing.T) {
	for failures, want := range map[int64]time.Duration{4: 0, 5: 30 * time.Second, 6: time.Minute, 9: 8 * time.Minute, 10: 15 * time.Minute, 500: 15 * time.Minute} {
		if got := limitPair.block(failures); got != want {
			t.Errorf("%d failures block for %v, want %v", failures, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	if got := fold("　ＣＯＶＥ－１ "); got != "cove-1" {
		t.Errorf("folded to %q", got)
	}
}

// An unknown user's password is hashed too, or the answer's speed would tell who
// exists.
func TestUnknownUsersCostAHashAsWell(t *testing.T) {
	k, _ := kittest.New(t, dbtest.SQLite(t))
	s, err := New(k, Options{Random: random(), Hash: Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	in := LoginInput{MerchantCode: "nowhere", UserName: "nobody", Password: "x", IP: "10.0.0.1"}
	if _, err := s.Login(t.Context(), in); !errors.Is(err, ErrBadLogin) {
		t.Fatal(err)
	}
	s.hasher.decoy = "not a hash, so that comparing with it fails"
	if _, err := s.Login(t.Context(), in); err == nil || errors.Is(err, ErrBadLogin) {
		t.Errorf("nothing was compared: %v", err)
	}
}

func BenchmarkHash(b *testing.B) {
	h, err := newHasher(DefaultCost, random())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := h.hash(b.Context(), "tea with 7 plums"); err != nil {
			b.Fatal(err)
		}
	}
}
