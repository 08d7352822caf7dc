package viewapi

import (
	"encoding/json"
	"strings"

	"github.com/ordercove/ordercove/internal/kit/event"
	"github.com/ordercove/ordercove/internal/kit/web"
)

// eventOf shows an event. Amounts inside its body are left out: they would pass
// by the field classes that hide money from who may not see it.
func eventOf(e event.Event) (eventBody, error) {
	out := eventBody{ID: e.ID, At: web.Time(e.At), Name: e.Name, ActorKind: string(e.ActorKind), ActorName: e.ActorName}
	if err := json.Unmarshal(e.Body, &out.Body); err != nil {
		return out, err
	}
	for k := range out.Body {
		if strings.HasSuffix(k, "_fen") {
			delete(out.Body, k)
		}
	}
	return out, nil
}
