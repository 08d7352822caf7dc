package rule_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ordercove/ordercove/internal/kit/rule"
)

type parcel struct {
	WeightGram int64
	Province   string
	Tags       []string
	Fragile    bool
}

var fields = rule.New(
	rule.Field[parcel]{Name: "weight_gram", ZH: "重量（克）", EN: "Weight (g)", Number: func(p *parcel) int64 { return p.WeightGram }},
	rule.Field[parcel]{Name: "province", ZH: "省份", EN: "Province", Text: func(p *parcel) string { return p.Province }},
	rule.Field[parcel]{Name: "tags", ZH: "标签", EN: "Tags", List: func(p *parcel) []string { return p.Tags }, Words: []string{"urgent", "gift", "cold"}},
	rule.Field[parcel]{Name: "fragile", ZH: "易碎", EN: "Fragile", Bool: func(p *parcel) bool { return p.Fragile }},
)

func TestAComparisonHoldsForExactlyWhatItSays(t *testing.T) {
	it := parcel{WeightGram: 500, Province: "浙江省", Tags: []string{"urgent", "cold"}, Fragile: true}
	for _, c := range []struct {
		condition string
		holds     bool
	}{
		{``, true}, {`{}`, true},
		{`{"field":"weight_gram","op":"eq","value":500}`, true}, {`{"field":"weight_gram","op":"ne","value":500}`, false},
		{`{"field":"weight_gram","op":"lt","value":500}`, false}, {`{"field":"weight_gram","op":"le","value":500}`, true},
		{`{"field":"weight_gram","op":"gt","value":499}`, true}, {`{"field":"weight_gram","op":"ge","value":501}`, false},
		{`{"field":"weight_gram","op":"between","value":[500,600]}`, true}, {`{"field":"weight_gram","op":"between","value":[1,499]}`, false},
		{`{"field":"weight_gram","op":"in","value":[700,500]}`, true}, {`{"field":"weight_gram","op":"not_in","value":[700,500]}`, false},
		{`{"field":"province","op":"eq","value":"浙江省"}`, true}, {`{"field":"province","op":"ne","value":"浙江省"}`, false},
		{`{"field":"province","op":"in","value":["江苏省","浙江省"]}`, true}, {`{"field":"province","op":"not_in","value":["浙江省"]}`, false},
		{`{"field":"province","op":"contains","value":"江"}`, true}, {`{"field":"province","op":"not_contains","value":"江"}`, false},
		{`{"field":"province","op":"contains_any","value":["新疆","浙"]}`, true}, {`{"field":"province","op":"contains_any","value":["新疆"]}`, false},
		{`{"field":"province","op":"starts_with","value":"浙"}`, true}, {`{"field":"province","op":"starts_with","value":"江"}`, false},
		{`{"field":"province","op":"empty"}`, false}, {`{"field":"province","op":"not_empty"}`, true},
		{`{"field":"tags","op":"has","value":"cold"}`, true}, {`{"field":"tags","op":"has","value":"gift"}`, false},
		{`{"field":"tags","op":"has_any","value":["gift","cold"]}`, true}, {`{"field":"tags","op":"has_all","value":["gift","cold"]}`, false},
		{`{"field":"tags","op":"has_all","value":["urgent","cold"]}`, true}, {`{"field":"tags","op":"has_none","value":["gift"]}`, true},
		{`{"field":"tags","op":"only","value":["urgent","cold","gift"]}`, true}, {`{"field":"tags","op":"only","value":["urgent"]}`, false},
		{`{"field":"tags","op":"empty"}`, false}, {`{"field":"tags","op":"not_empty"}`, true},
		{`{"field":"fragile","op":"is","value":true}`, true}, {`{"field":"fragile","op":"is","value":false}`, false},
		{`{"not":{"field":"fragile","op":"is","value":true}}`, false},
		{`{"all":[{"field":"fragile","op":"is","value":true},{"field":"weight_gram","op":"gt","value":900}]}`, false},
		{`{"any":[{"field":"fragile","op":"is","value":false},{"field":"weight_gram","op":"lt","value":900}]}`, true},
	} {
		r, err := fields.CompileJSON([]byte(c.condition))
		if err != nil {
			t.Errorf("%s: %v", c.condition, err)
			continue
		}
		if r.Match(&it) != c.holds {
			t.Errorf("%s holds: %v", c.condition, !c.holds)
		}
	}
}

func TestABadConditionIsRefusedWithItsPlace(t *testing.T) {
	deep := strings.Repeat(`{"not":`, rule.MaxDepth) + `{"field":"fragile","op":"is","value":true}` + strings.Repeat("}", rule.MaxDepth)
	many := `{"any":[` + strings.Repeat(`{"field":"fragile","op":"is","value":true},`, rule.MaxNodes) + `{"field":"fragile","op":"is","value":true}]}`
	values := `{"field":"weight_gram","op":"in","value":[` + strings.Repeat("1,", rule.MaxValues) + `1]}`
	for _, c := range []struct {
		condition string
		want      error
		path      string
	}{
		{`{"all":`, rule.ErrShape, "$"}, {`[]`, rule.ErrShape, "$"}, {`{"all":[]}`, rule.ErrShape, "$"}, {`{"some":1}`, rule.ErrShape, "$"}, {`{} {}`, rule.ErrShape, "$"},
		{`{"op":"is","value":true}`, rule.ErrShape, "$"},
		{`{"all":[{}]}`, rule.ErrShape, "$.all[0]"},
		{`{"all":[{"field":"fragile","op":"is","value":true,"not":{"field":"fragile","op":"is","value":true}}]}`, rule.ErrShape, "$.all[0]"},
		{`{"any":[{"field":"fragile","op":"is","value":true},{"field":"colour","op":"eq","value":"red"}]}`, rule.ErrUnknownField, "$.any[1]"},
		{`{"not":{"field":"fragile","op":"gt","value":1}}`, rule.ErrOperator, "$.not"},
		{`{"field":"weight_gram","op":"gt","value":"1"}`, rule.ErrValue, "$"}, {`{"field":"weight_gram","op":"gt","value":1.5}`, rule.ErrValue, "$"},
		{`{"field":"weight_gram","op":"gt"}`, rule.ErrValue, "$"}, {`{"field":"weight_gram","op":"between","value":[2,1]}`, rule.ErrValue, "$"},
		{`{"field":"weight_gram","op":"between","value":[2]}`, rule.ErrValue, "$"}, {`{"field":"weight_gram","op":"in","value":[]}`, rule.ErrValue, "$"},
		{`{"field":"province","op":"contains","value":""}`, rule.ErrValue, "$"}, {`{"field":"province","op":"contains_any","value":[""]}`, rule.ErrValue, "$"},
		{`{"field":"province","op":"empty","value":"x"}`, rule.ErrValue, "$"}, {`{"field":"tags","op":"has","value":"unknown"}`, rule.ErrValue, "$"},
		{`{"field":"fragile","op":"is","value":null}`, rule.ErrValue, "$"},
		{deep, rule.ErrTooBig, ""}, {many, rule.ErrTooBig, ""}, {values, rule.ErrTooBig, ""},
	} {
		_, err := fields.CompileJSON([]byte(c.condition))
		if !errors.Is(err, c.want) {
			t.Errorf("%.80s: %v, want %v", c.condition, err, c.want)
			continue
		}
		if c.path != "" && !strings.Contains(err.Error(), c.path) {
			t.Errorf("%.80s: %v does not name %s", c.condition, err, c.path)
		}
	}
}

func TestWhyNamesWhatStandsInTheWay(t *testing.T) {
	r, err := fields.CompileJSON([]byte(`{"all":[{"field":"province","op":"eq","value":"浙江省"},{"any":[{"field":"weight_gram","op":"gt","value":900},{"field":"tags","op":"has","value":"gift"}]},{"not":{"field":"fragile","op":"is","value":true}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := r.Why(&parcel{WeightGram: 500, Province: "浙江省", Tags: []string{"cold"}, Fragile: true})
	want := []string{"$.all[1].any[0]", "$.all[1].any[1]", "$.all[2].not"}
	var paths []string
	for _, m := range got {
		paths = append(paths, m.Path)
	}
	if !slices.Equal(paths, want) || got[0].Found != int64(500) || got[2].Found != true {
		t.Fatalf("why: %+v", got)
	}
}

// tree draws a legal condition.
func tree(t *rapid.T, depth int) rule.Condition {
	kind := rapid.SampledFrom([]string{"field", "field", "all", "any", "not"}).Draw(t, "kind")
	if depth == 0 {
		kind = "field"
	}
	kids := func() (out []rule.Condition) {
		for range rapid.IntRange(1, 3).Draw(t, "kids") {
			out = append(out, tree(t, depth-1))
		}
		return out
	}
	switch kind {
	case "all":
		return rule.Condition{All: kids()}
	case "any":
		return rule.Condition{Any: kids()}
	case "not":
		kid := tree(t, depth-1)
		return rule.Condition{Not: &kid}
	}
	value := func(v any) json.RawMessage { b, _ := json.Marshal(v); return b }
	switch rapid.IntRange(0, 2).Draw(t, "field") {
	case 0:
		return rule.Condition{Field: "weight_gram", Op: rapid.SampledFrom([]string{"eq", "ne", "lt", "le", "gt", "ge"}).Draw(t, "op"), Value: value(rapid.Int64Range(0, 3).Draw(t, "n"))}
	case 1:
		return rule.Condition{Field: "tags", Op: rapid.SampledFrom([]string{"has_any", "has_all", "has_none", "only"}).Draw(t, "op"), Value: value(rapid.SliceOfN(rapid.SampledFrom([]string{"urgent", "gift", "cold"}), 1, 2).Draw(t, "words"))}
	}
	return rule.Condition{Field: "fragile", Op: "is", Value: value(rapid.Bool().Draw(t, "b"))}
}

func TestATreeSurvivesItsTextAndWhyAgreesWithMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := tree(t, 4)
		raw, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		r, err := fields.CompileJSON(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		not, err := fields.Compile(rule.Condition{Not: &c})
		if err != nil {
			t.Fatal(err)
		}
		p := parcel{WeightGram: rapid.Int64Range(0, 3).Draw(t, "weight"), Fragile: rapid.Bool().Draw(t, "fragile"),
			Tags: rapid.SliceOfDistinct(rapid.SampledFrom([]string{"urgent", "gift", "cold"}), rapid.ID).Draw(t, "tags")}
		if r.Match(&p) == not.Match(&p) {
			t.Fatalf("%s and its negation agree", raw)
		}
		if (len(r.Why(&p)) == 0) != r.Match(&p) {
			t.Fatalf("%s: match %v, why %v", raw, r.Match(&p), r.Why(&p))
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	r, err := fields.CompileJSON([]byte(`{"all":[{"field":"province","op":"in","value":["浙江省","江苏省"]},{"field":"weight_gram","op":"lt","value":3000},{"field":"tags","op":"has_none","value":["cold"]}]}`))
	if err != nil {
		b.Fatal(err)
	}
	p := parcel{WeightGram: 500, Province: "浙江省", Tags: []string{"urgent"}}
	b.ReportAllocs()
	for b.Loop() {
		r.Match(&p)
	}
}
