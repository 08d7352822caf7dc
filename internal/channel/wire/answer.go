package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/errs"
)

// OK judges the status of a channel that answers everything it understood with 2xx.
// Anything else came from what stands before it, so an effect may have happened.
// Errors: ErrUnknownOutcome of effects, ErrUnavailable of 5xx, ErrAnswer of others.
func (a Answer) OK(effect bool) error {
	code := strconv.Itoa(a.Status)
	switch {
	case a.Status >= 200 && a.Status < 300:
		return nil
	case a.Status >= 500 && effect:
		return channel.ErrUnknownOutcome
	case a.Status >= 500:
		return channel.Told(channel.ErrUnavailable, code, "HTTP "+code)
	}
	return channel.Told(channel.ErrAnswer, code, "HTTP "+code)
}

// JSON reads the body. Errors: ErrAnswer, of effects ErrUnknownOutcome.
func (a Answer) JSON(into any, effect bool) error {
	err := json.Unmarshal(a.Body, into)
	switch {
	case err == nil:
		return nil
	case effect:
		return channel.ErrUnknownOutcome.Because(err)
	}
	return channel.Told(channel.ErrAnswer, strconv.Itoa(a.Status), "unreadable JSON").Because(err)
}

// Field reads one member of a raw object that may be broken elsewhere: the first of
// names that is there and no null. It is empty where none is.
func Field(raw []byte, names ...string) Text {
	if !json.Valid(raw) {
		return ""
	}
	values := make([][]byte, len(names))
	members(raw, func(name, value []byte) {
		for i, n := range names {
			if string(name) == n {
				values[i] = value
			}
		}
	})
	for _, v := range values {
		var t Text
		if v != nil && t.UnmarshalJSON(v) == nil && t != "" {
			return t
		}
	}
	return ""
}

// Credentials checks that every credential asked for is there.
// Errors: ErrCredentials naming the field.
func Credentials(asked []channel.Credential, a channel.Access) error {
	for _, c := range asked {
		if a.Credentials[c.Name] == "" && !c.Optional {
			return channel.ErrCredentials.With("field", c.Name).At(c.Name)
		}
	}
	if a.HTTP == nil || a.Clock == nil || a.BaseURL == "" {
		return fmt.Errorf("wire: access without transport, clock or address")
	}
	return nil
}

// Number reads a whole number that a channel may write as text, 0 where there is none.
func (t Text) Number() int64 {
	n, err := strconv.ParseInt(string(t), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// NotFound names what was not found; other errors stay as they are.
func NotFound(err error, no string) error {
	if e := errs.As(err); e != nil && e.Code == channel.ErrNotFound.Code {
		return channel.ErrNotFound.With("no", no)
	}
	return err
}

// Unknown is an effect of which nobody knows whether it happened, because a question
// after it failed. It is nothing but that: what the question failed with must not be
// taken for the answer to the effect.
func Unknown(why error) error {
	return channel.ErrUnknownOutcome.Because(errors.New(why.Error()))
}
