package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/ordercove/ordercove/internal/channel"
)

var (
	textType  = reflect.TypeFor[Text]()
	intType   = reflect.TypeFor[Int]()
	yuanType  = reflect.TypeFor[Yuan]()
	chinaType = reflect.TypeFor[ChinaAt]()
)

// unfit is an error to which encoding/json adds the field's path.
func unfit(b []byte, t reflect.Type) error {
	return &json.UnmarshalTypeError{Value: fmt.Sprintf("%.40s", b), Type: t}
}

// Bad is why a raw order or case cannot be read: the field at fault and its value.
func Bad(why channel.Reason, field string, value any) error {
	return why.Err().With("field", field, "value", fmt.Sprint(value))
}

// Decode reads a raw order or case. Errors: a Reason with field and value.
func Decode(raw []byte, into any) error {
	err := json.Unmarshal(raw, into)
	if err == nil {
		return nil
	}
	var unfit *json.UnmarshalTypeError
	if !errors.As(err, &unfit) {
		return channel.BadValue.Err().With("field", "", "value", "JSON").Because(err)
	}
	why := channel.BadValue
	switch unfit.Type {
	case yuanType:
		why = channel.BadMoney
	case chinaType:
		why = channel.BadTime
	}
	return Bad(why, unfit.Field, unfit.Value)
}

// ChinaAt is an instant written as "2006-01-02 15:04:05" of China, in unix
// milliseconds; 0 for null, empty and the zero times some channels write.
type ChinaAt int64

// UnmarshalJSON implements json.Unmarshaler.
func (c *ChinaAt) UnmarshalJSON(b []byte) error {
	var t Text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	at, err := ChinaTime(string(t))
	if err != nil {
		return unfit([]byte(t), chinaType)
	}
	*c = ChinaAt(at)
	return nil
}

// Checked ends every Map: it counts the pieces and refuses what cannot be an order,
// so that it is kept apart for a person instead of being half taken.
// Errors: MissingOrderNo, MissingLines, BadQuantity.
func Checked(o channel.Order) (channel.Order, error) {
	switch {
	case o.ChannelOrderNo == "" || o.ChannelOrderNo == "0":
		return channel.Order{}, Bad(channel.MissingOrderNo, "order_no", "")
	case len(o.Lines) == 0:
		return channel.Order{}, Bad(channel.MissingLines, "lines", o.ChannelOrderNo)
	}
	for i, l := range o.Lines {
		if q := l.Quantity; q != nil && *q <= 0 {
			return channel.Order{}, Bad(channel.BadQuantity, fmt.Sprintf("lines[%d].quantity", i), *q)
		}
	}
	if o.TotalQuantity == nil {
		channel.CountPieces(&o)
	}
	return o, nil
}
