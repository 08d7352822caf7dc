package job

import (
	"errors"
	"time"
)

// later asks for another run; it is no failure.
type later struct{ after time.Duration }

func (l later) Error() string { return "again in " + l.after.String() }

// Later is what a handler returns when it waits for something that others do: it runs
// again after d, from its checkpoint, as if for the first time, and its worker is free
// meanwhile. Nothing is logged, no attempt counts.
func Later(d time.Duration) error { return later{d} }

// asked returns how long a handler wants to wait.
func asked(err error) (time.Duration, bool) {
	var l later
	ok := errors.As(err, &l)
	return l.after, ok
}
