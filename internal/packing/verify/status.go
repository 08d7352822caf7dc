package verify

import "github.com/ordercove/ordercove/internal/kit/errs"

// State is where a session stands.
type State string

const (
	Open      State = "open"
	Verified  State = "verified" // everything is in; it waits to be weighed, here or elsewhere
	Shipped   State = "shipped"
	Held      State = "held"      // put aside with a reason; its orders are on hold
	Abandoned State = "abandoned" // left by the bench
	Expired   State = "expired"   // nobody scanned for long, and another bench took it
	Replaced  State = "replaced"  // opened anew for other content
)

// Verdict is what became of a scan.
type Verdict string

const (
	Opened     Verdict = "opened"
	Resumed    Verdict = "resumed" // it was open at this bench already
	Counted    Verdict = "counted"
	WantSerial Verdict = "want_serial" // the piece's own number comes next
	Wrong      Verdict = "wrong"       // not in this parcel
	Extra      Verdict = "extra"       // enough of it is in
	Strange    Verdict = "unknown"     // nobody knows the code
	BadSerial  Verdict = "bad_serial"
	UsedSerial Verdict = "used_serial" // another piece had it
	Stopped    Verdict = "stopped"     // the parcel must not leave
	Forced     Verdict = "forced"
	OffWeight  Verdict = "off_weight"
	Weighed    Verdict = "weighed"
	Left       Verdict = "shipped" // the last scan: it has shipped
	Refused    Verdict = "refused" // everything is in, but it could not ship

	Handed       Verdict = "handed" // the courier has it
	Already      Verdict = "already"
	OtherCarrier Verdict = "other_carrier"
	NotShipped   Verdict = "not_shipped"
)

// Next is what a bench waits for.
type Next string

const (
	NextNone    Next = ""
	NextPiece   Next = "piece"
	NextSerial  Next = "serial"
	NextWaybill Next = "waybill" // a number, where none was issued here
	NextWeight  Next = "weight"
	NextShip    Next = "ship" // all is in; shipping was refused and is to be repeated
)

// A refusal says in words which step is due.
var _ = errs.Words("next", errs.Table(map[string][2]string{
	string(NextPiece):   {"扫商品", "scan a piece"},
	string(NextSerial):  {"扫这一件的编号", "scan the number of the piece"},
	string(NextWaybill): {"扫快递单号", "scan the waybill"},
	string(NextWeight):  {"称重", "weigh the parcel"},
	string(NextShip):    {"发货", "ship it"},
	string(NextNone):    {"没有了，已经结束", "none, it is done with"},
}), "verify")

// Kinds of serial numbers a piece can show.
const (
	SerialAny  = "serial"
	SerialIMEI = "imei"
)

// Next is what the session waits for.
func (s *Session) Next() Next {
	switch {
	case s.State != Open:
		return NextNone
	case s.SerialLine != 0:
		return NextSerial
	case s.Done < s.Need:
		return NextPiece
	case s.needsNumber() && s.WaybillNo == "":
		return NextWaybill
	case s.MustWeigh && s.Gram == 0:
		return NextWeight
	}
	return NextShip
}
