package seek

import "time"

// Hurry shortens the times of s.
func (s *Service) Hurry(budget, oneCall time.Duration) { s.budget, s.oneCall = budget, oneCall }
