package world

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Fault is what a request meets instead of its answer.
type Fault int

const (
	NoFault      Fault = iota
	Internal           // an internal error
	Throttled          // too many calls; wait Verdict.BanSeconds
	IPNotListed        // the caller's address is not on the shop's list
	NoPermission       // the app lacks the right
)

// Verdict is what befalls a request before it is looked at.
type Verdict struct {
	Fault      Fault
	BanSeconds int64
}

// Reply is a whole answer.
type Reply struct {
	Status int // 0 is 200
	Header http.Header
	Body   []byte
}

// JSON is an answer in JSON, Chinese and HTML characters as they are.
func JSON(status int, v any) Reply {
	body, err := Encode(v)
	if err != nil {
		return Reply{Status: http.StatusInternalServerError, Body: []byte(err.Error())}
	}
	return Reply{Status: status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: body}
}

// Encode is compact JSON without HTML escapes.
func Encode(v any) ([]byte, error) {
	var b appendWriter
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b[:len(b)-1], nil
}

type appendWriter []byte

func (b *appendWriter) Write(p []byte) (int, error) {
	*b = append(*b, p...)
	return len(p), nil
}

// Exchange answers one request of a shop under its lock, with whatever the profile
// lets go wrong: answer is told the verdict and, without a fault, does its work.
// Outages, cut connections and slowness are Exchange's own.
func (s *Shop) Exchange(rw http.ResponseWriter, r *http.Request, answer func(*Tx, Verdict) Reply) {
	var fate struct {
		down, lost, dropped, slow bool
		wait                      time.Duration
	}
	var reply Reply
	var at int64
	s.Do(func(t *Tx) {
		at = t.now
		f := t.faults
		fate.down = t.Down()
		fate.lost = t.rng.Chance(f.LoseRate)
		fate.dropped = t.rng.Chance(f.DropRate)
		fate.slow = t.rng.Chance(f.SlowRate)
		fate.wait = time.Duration(f.SlowMS) * time.Millisecond
		if fate.down || fate.lost {
			return
		}
		reply = answer(t, t.verdict())
	})
	if fate.slow {
		s.w.Wait(r.Context(), fate.wait)
	}
	if fate.lost || fate.dropped {
		panic(http.ErrAbortHandler)
	}
	head := rw.Header()
	head.Set("Date", time.UnixMilli(at).UTC().Format(http.TimeFormat))
	if fate.down {
		head.Set("Content-Type", "text/html")
		rw.WriteHeader(http.StatusBadGateway)
		_, _ = rw.Write([]byte("<html><body>502 Bad Gateway</body></html>"))
		return
	}
	for k, v := range reply.Header {
		head[k] = v
	}
	head.Set("Content-Length", strconv.Itoa(len(reply.Body)))
	if reply.Status != 0 {
		rw.WriteHeader(reply.Status)
	}
	_, _ = rw.Write(reply.Body)
}

// Down tells whether the platform is out.
func (t *Tx) Down() bool {
	if t.faults.Outage {
		return true
	}
	second := (t.now - t.faults.ClockSkewMS - t.w.start) / 1000
	for _, o := range t.faults.Outages {
		if second >= o.From && second < o.To {
			return true
		}
	}
	return false
}

// verdict draws a request's fault.
func (t *Tx) verdict() Verdict {
	f := t.faults
	failed, throttled := t.rng.Chance(f.ErrorRate), t.rng.Chance(f.ThrottleRate)
	if t.now < t.bannedTil {
		return Verdict{Throttled, (t.bannedTil - t.now + 999) / 1000}
	}
	if second := t.now / 1000; second != t.window[0] {
		t.window = [2]int64{second, 0}
	}
	t.window[1]++
	throttled = throttled || f.PerSecond > 0 && float64(t.window[1]) > f.PerSecond
	switch {
	case f.IPNotListed:
		return Verdict{Fault: IPNotListed}
	case f.PermissionDenied:
		return Verdict{Fault: NoPermission}
	case throttled:
		ban := max(1, f.BanSeconds)
		t.bannedTil = t.now + ban*1000
		return Verdict{Throttled, ban}
	case failed:
		return Verdict{Fault: Internal}
	}
	return Verdict{}
}

// Spoil makes the rendering of a poison order unreadable: its money, a time or its
// lines, by the names they have in doc. Other orders stay as they are.
func (o *Order) Spoil(doc map[string]any, money, instant, lines string) {
	switch o.Poison {
	case 0:
	case 1:
		doc[money] = "12.3.4元"
	case 2:
		doc[instant] = "昨天下午"
	default:
		doc[lines] = "[object Object]"
	}
}

// China renders an instant as yyyy-MM-dd HH:mm:ss of China time, "" for 0.
func China(at int64) string {
	if at == 0 {
		return ""
	}
	return time.UnixMilli(at).In(china).Format(time.DateTime)
}

// ParseChina reads yyyy-MM-dd HH:mm:ss of China time.
func ParseChina(s string) (int64, bool) {
	at, err := time.ParseInLocation(time.DateTime, s, china)
	return at.UnixMilli(), err == nil
}

var china = time.FixedZone("CST", 8*3600)

// Yuan writes fen as yuan with two decimals.
func Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	cents := strconv.FormatInt(fen%100, 10)
	if len(cents) < 2 {
		cents = "0" + cents
	}
	return sign + strconv.FormatInt(fen/100, 10) + "." + cents
}

// YuanNumber is fen as a JSON number in yuan, without trailing zeros.
func YuanNumber(fen int64) json.Number {
	s := Yuan(fen)
	for s[len(s)-1] == '0' {
		s = s[:len(s)-1]
	}
	if s[len(s)-1] == '.' {
		s = s[:len(s)-1]
	}
	return json.Number(s)
}
