package view

import "time"

// Narrow shrinks what one answer may cost, so that few orders show what many do.
func (s *Service) Narrow(budget time.Duration, most int) {
	s.budget, s.most, s.counting = budget, most, time.Minute
}

// Widen restores what New set.
func (s *Service) Widen() { s.Narrow(budget, maxCandidates) }

// Budget is the time of one list.
const Budget = budget
