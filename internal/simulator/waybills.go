package simulator

import (
	"net/http"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// waybills are those the platform issued, and what is left at the branches.
func (s *Server) waybills(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	labels, branches := []world.Label{}, []world.Branch{}
	one.Do(func(t *world.Tx) {
		labels = append(labels, t.LabelsOf(r.FormValue("order"))...)
		branches = append(branches, t.Branches("")...)
	})
	return map[string]any{"waybills": labels, "branches": branches}, nil
}

// setBalance lets a carrier's branch have so many waybills left.
func (s *Server) setBalance(_ http.ResponseWriter, r *http.Request) (any, error) {
	one, err := s.shop(r)
	if err != nil {
		return nil, err
	}
	var in struct {
		Carrier string `json:"carrier"`
		Left    int64  `json:"left"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	one.Do(func(t *world.Tx) { err = t.SetBalance(in.Carrier, in.Left) })
	return map[string]any{}, err
}
