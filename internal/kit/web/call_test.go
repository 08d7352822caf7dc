package web_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/web"
)

type planIn struct {
	ID    id.ID  `path:"id"`
	Token string `header:"X-Token"`
	web.ListInput
	Flags []int64 `query:"flag,explode"`
	Dry   bool    `query:"dry"`
	Sort  string  `query:"sort" enum:"due,recent" default:"due"`
	Body  struct {
		Name string `json:"name" maxLength:"9"`
		Per  string `json:"per,omitempty" enum:"order,line" default:"order"`
		Cuts []struct {
			Size string `json:"size,omitempty" default:"half"`
		} `json:"cuts,omitempty"`
	}
}

type planOut struct {
	Status int
	Cookie http.Cookie `header:"Set-Cookie"`
	Body   struct {
		Name string `json:"name"`
	}
}

func planned(in *planIn) http.Handler {
	api := web.New(web.Options{})
	op := web.Op{ID: "plan", Method: "POST", Path: "/plans/{id}", Tag: "plans", ZH: "计划", EN: "Plan"}
	web.Register(api, op, func(_ context.Context, got *planIn) (*planOut, error) {
		*in = *got
		out := &planOut{Status: http.StatusAccepted, Cookie: http.Cookie{Name: "plan", Value: "1"}}
		out.Body.Name = got.Body.Name
		return out, nil
	})
	op = web.Op{ID: "printPlan", Method: "PUT", Path: "/plans/{id}", Tag: "plans", ZH: "打印", EN: "Print"}
	web.Register(api, op, func(_ context.Context, got *planIn) (*web.Stream, error) {
		return web.SendDownload("plan.csv", "text/csv", func(w io.Writer) error {
			_, err := io.WriteString(w, got.Body.Per)
			return err
		}), nil
	})
	op = web.Op{ID: "dropPlan", Method: "DELETE", Path: "/plans/{id}", Tag: "plans", ZH: "删除", EN: "Drop"}
	web.Register(api, op, func(_ context.Context, got *struct {
		ID id.ID `path:"id"`
	}) (*struct{}, error) {
		if got.ID == 1 {
			return nil, errShut.With("n", 1)
		}
		return &struct{}{}, nil
	})
	return api.Handler()
}

func TestAnInputIsFilledFromEveryPlaceItNames(t *testing.T) {
	var in planIn
	w := ask(t, planned(&in), "POST", "/api/v1/plans/42?flag=1&flag=-2&dry=true&cursor=c", "", `{"name":"spring","cuts":[{},{"size":"third"}]}`, "X-Token", "secret")
	if w.status != http.StatusAccepted || w.header.Get("Set-Cookie") != "plan=1" || !strings.Contains(w.body, `"name":"spring"`) {
		t.Fatalf("%d %v %s", w.status, w.header, w.body)
	}
	if in.ID != 42 || in.Token != "secret" || in.Cursor != "c" || !slices.Equal(in.Flags, []int64{1, -2}) || !in.Dry {
		t.Errorf("parameters: %+v", in)
	}
	if in.Limit != 50 || in.Sort != "due" || in.Body.Per != "order" || in.Body.Cuts[0].Size != "half" || in.Body.Cuts[1].Size != "third" {
		t.Errorf("defaults: %+v", in)
	}
}

func TestWhatDoesNotFitItsFieldIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		path, body, where string
	}{
		"an id beyond 64 bits":    {"/api/v1/plans/9999999999999999999", `{"name":"a"}`, "path.id"},
		"a word for a number":     {"/api/v1/plans/1?flag=x", `{"name":"a"}`, "query.flag"},
		"a body against its rule": {"/api/v1/plans/1", `{"name":"much too long"}`, "body.name"},
	} {
		var in planIn
		w := ask(t, planned(&in), "POST", c.path, "", c.body)
		if w.status != http.StatusUnprocessableEntity || !strings.Contains(w.body, `"location":"`+c.where) || in.Body.Name != "" {
			t.Errorf("%s: %d %s", name, w.status, w.body)
		}
	}
}

func TestAnswersWithoutABodyAndStreamsOfABody(t *testing.T) {
	var in planIn
	h := planned(&in)
	if w := ask(t, h, "PUT", "/api/v1/plans/1", "", `{"name":"a","per":"line"}`); w.status != http.StatusOK || w.body != "line" {
		t.Errorf("stream: %d %s", w.status, w.body)
	}
	if w := ask(t, h, "DELETE", "/api/v1/plans/2", "", ""); w.status != http.StatusNoContent || w.body != "" {
		t.Errorf("no body: %d %s", w.status, w.body)
	}
	if w := ask(t, h, "DELETE", "/api/v1/plans/1", "", ""); w.status != http.StatusConflict || !strings.Contains(w.body, "web_test.shut") {
		t.Errorf("refusal: %d %s", w.status, w.body)
	}
}

func TestTypesThatCannotWorkStopTheStart(t *testing.T) {
	op := web.Op{ID: "x", Method: "POST", Path: "/x", Tag: "x", ZH: "x", EN: "x"}
	for name, register := range map[string]func(*web.API){
		"a body that may be absent": func(a *web.API) { web.Register(a, op, unusable[struct{ Body *planIn }, struct{}]) },
		"a field that nothing fills": func(a *web.API) {
			web.Register(a, op, unusable[struct{ Name string }, struct{}])
		},
		"a parameter of no readable type": func(a *web.API) {
			web.Register(a, op, unusable[struct {
				At map[string]string `query:"at"`
			}, struct{}])
		},
		"an output field that nobody reads": func(a *web.API) { web.Register(a, op, unusable[struct{}, struct{ Name string }]) },
		"a default that is no text": func(a *web.API) {
			web.Register(a, op, unusable[struct {
				Body struct {
					N int `json:"n" default:"1"`
				}
			}, struct{}])
		},
		"a stream with a status": func(a *web.API) {
			web.Register(a, op, unusable[struct{}, struct {
				Status int
				Body   func(huma.Context)
			}])
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: registered", name)
				}
			}()
			register(web.New(web.Options{}))
		}()
	}
}

func unusable[In, Out any](context.Context, *In) (*Out, error) { return nil, nil }
