package channel

import (
	"context"
	"net/url"

	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/httpx"
)

// API is the side of a connector that speaks to its channel over the network. A
// connector without it reads files only.
type API struct {
	// BaseURL is the channel's own address; a shop may name another where
	// CustomURL says so (own malls, tests, the simulator).
	BaseURL   string
	CustomURL bool
	// Credentials are what a merchant types in, in the order of the form.
	Credentials []Credential
	// OAuth is nil where the credentials alone open the door.
	OAuth  *OAuth
	Limits Limits
	// Open returns a client for one shop. It sends nothing. Errors: ErrCredentials
	// naming the field.
	Open func(Access) (Client, error)
}

// Credential is one field of the settings form.
type Credential struct {
	Name             string // as in Access.Credentials: app_key
	NameZH, NameEN   string
	HelpZH, HelpEN   string // where to find it in the channel's back office
	Secret, Optional bool
}

// Access is what a client needs to speak for one shop. The engine keeps the
// credentials and tokens sealed and opens them for a call.
type Access struct {
	HTTP        *httpx.Client
	Clock       clock.Clock
	BaseURL     string
	Credentials map[string]string
	Token       Token
}

// Token is what an authorisation gave. Instants are unix milliseconds, 0 where the
// channel does not tell.
type Token struct {
	Access           string `json:"access"`
	Refresh          string `json:"refresh,omitempty"`
	ExpiresAt        int64  `json:"expires_at,omitempty"`
	RefreshExpiresAt int64  `json:"refresh_expires_at,omitempty"`
	// Account is the shop as the channel names it (shop id, seller nick), for people
	// to recognise and for pushes that carry nothing else.
	Account string `json:"account,omitempty"`
}

// OAuth are the ways to a token. AuthorizeURL and Exchange are nil where no person
// has to agree; then Fetch gets one from the credentials alone. Refresh is nil
// where a token cannot be renewed. All but AuthorizeURL send requests.
// Errors: those of Client.
type OAuth struct {
	AuthorizeURL func(a Access, state, redirect string) (string, error)
	Exchange     func(ctx context.Context, a Access, code, redirect string) (Token, error)
	Refresh      func(ctx context.Context, a Access) (Token, error)
	Fetch        func(ctx context.Context, a Access) (Token, error)
}

// Limits are a channel's documented bounds. Durations are milliseconds.
type Limits struct {
	// ModifiedSpan and CreatedSpan are the widest windows of List; 0 where that
	// stream does not exist.
	ModifiedSpan, CreatedSpan int64
	// History is how far back List reaches; 0 is without end.
	History int64
	// Lag is how long a change may take to show in List.
	Lag int64
	// PageSize is the largest page; MaxPages bounds the pages of one window, 0 is
	// unbounded.
	PageSize, MaxPages int
	// Cursor: pages are asked one after the other by Page.Next. Without it pages
	// have numbers and are asked last to first.
	Cursor bool
	// PerSecond bounds the calls of one app, 0 is unbounded; Daily bounds them a day
	// of China time.
	PerSecond    float64
	Daily        int64
	DecryptDaily int64 // receiver decryptions a day, 0 is unbounded
}

// Client is what the sync engine needs of every channel. Methods are called
// concurrently for different orders, never inside a transaction.
//
// Errors, of this and every optional interface, are those of errors.go:
// ErrSignature, ErrClock, ErrIPNotListed, ErrPermission, ErrTokenExpired,
// ErrThrottled (Retry), ErrPaging, ErrWindow, ErrNotFound, ErrRefused, ErrDone,
// ErrAnswer and, for what may pass by itself, ErrUnavailable. Anything whose
// request may have reached the channel without an answer is ErrUnknownOutcome.
type Client interface {
	// Test asks the cheapest question that needs every credential.
	Test(ctx context.Context) error
	// List returns one page of the orders of a window. An item has a body only where
	// Map makes the same order of it as of what Get brings: a list that tells less
	// gives numbers. One order that cannot be read spoils no page.
	List(ctx context.Context, q Query) (Page, error)
	// Get returns one order as the channel has it now. Errors: ErrNotFound.
	Get(ctx context.Context, orderNo string) (Item, error)
	// Map reads a raw order. It sends nothing and is deterministic. Statuses it does
	// not know stay raw with Status "". Errors: a Reason with field and value.
	Map(raw []byte) (Order, error)
}

// Stream is the time by which a window is cut.
type Stream string

const (
	ByModified Stream = "modified"
	ByCreated  Stream = "created"
)

// Query is one page of a window, both ends inclusive in what comes back at least.
type Query struct {
	Stream   Stream
	From, To int64 // unix milliseconds
	Page     int   // from 1; ignored by cursor channels
	Cursor   string
	Size     int // at most Limits.PageSize
}

// Page is one answer of List.
type Page struct {
	Items []Item
	// Total counts the window's orders as the channel says, -1 where it does not.
	Total int
	More  bool
	Next  string // cursor of the next page
	// ServerAt is the channel's clock (answer field or Date header), unix
	// milliseconds, 0 where it tells none.
	ServerAt int64
}

// Item is one order or case of a page. Raw is nil where the list has only numbers:
// Get brings the rest.
type Item struct {
	No         string
	ModifiedAt int64 // 0 where the list does not tell
	Raw        []byte
}

// ShipRequest is one parcel on its way to the channel. Key is stable over retries.
type ShipRequest struct {
	Key     string
	OrderNo string
	Carrier string // our code, empty for one we do not know; the connector spells it in its own way
	// CarrierName is the carrier's Chinese name, or what a person wrote.
	CarrierName string
	Waybill     string
	// Lines are what the parcel holds, empty for all that is left. LineNo is the
	// channel's, Quantity pieces.
	Lines []ParcelLine
	// Last: nothing is left to ship after this parcel.
	Last bool
	// All are the parcels so far, this one included, for channels that take them all
	// or none.
	All []Parcel
	// Serials are unit codes by line, where the channel asks for them.
	Serials map[string][]string
	// Text names the goods in a few words.
	Text string
	// ReceiverPhone is masked (138****1234); some carriers' tracking needs it.
	ReceiverPhone string
	// How says how goods that go without a carrier reach the buyer; empty for parcels
	// with a waybill.
	How Way
}

// Way is how goods reach the buyer where no carrier brings them.
type Way string

const (
	NothingTravels Way = "virtual"     // nothing travels (无需物流)
	BuyerFetches   Way = "self_pickup" // the buyer fetches it (自提)
	TownCourier    Way = "same_city"   // a courier of the town brings it (同城)
)

// ParcelLine is one line of a parcel.
type ParcelLine struct {
	LineNo, ItemNo, SKUNo string
	Quantity              int64
}

// Parcel is a parcel as the channel shall know it.
type Parcel struct {
	Carrier, CarrierName, Waybill string
	Lines                         []ParcelLine
}

// Shipper tells the channel of a parcel (发货). ErrDone where the channel says that
// the order is shipped already: the engine then asks with what.
type Shipper interface {
	Ship(ctx context.Context, s ShipRequest) error
}

// ParcelAppender adds a parcel to an order that has one.
type ParcelAppender interface {
	AppendParcel(ctx context.Context, s ShipRequest) error
}

// NumberlessShipper says that all that is left of an order left without a carrier (无需物流),
// in the way that s.How names. ErrDone where nothing is left.
type NumberlessShipper interface {
	ShipWithoutNumber(ctx context.Context, s ShipRequest) error
}

// WaybillChanger replaces a wrong waybill number (改单号).
type WaybillChanger interface {
	ChangeWaybill(ctx context.Context, s ShipRequest, oldCarrier, oldWaybill string) error
}

// Closer closes an unpaid order (关闭订单). Reason is a short text.
type Closer interface {
	CloseOrder(ctx context.Context, orderNo, reason string) error
}

// Memo is the seller's note and flag. Flag is 0 none, 1 red, 2 yellow, 3 green,
// 4 blue, 5 purple; FlagOf of the manifest says how the channel counts.
type Memo struct {
	OrderNo string
	Text    string
	Flag    int
}

// MemoWriter sets the seller's note and flag; the last one wins.
type MemoWriter interface {
	WriteMemo(ctx context.Context, m Memo) error
}

// BuyerMessage is what a buyer is told about an order. Key is stable over retries.
type BuyerMessage struct {
	Key     string
	OrderNo string
	Text    string
}

// BuyerMessenger brings a message to the buyer of an order. Told twice it tells once, or
// answers ErrDone.
type BuyerMessenger interface {
	TellBuyer(ctx context.Context, m BuyerMessage) error
}

// AddressAnswer answers a buyer's wish for another address.
type AddressAnswer struct {
	OrderNo string
	Accept  bool
	Reason  string
}

// AddressAnswerer answers buyers' address wishes (改地址申请).
type AddressAnswerer interface {
	AnswerAddressChange(ctx context.Context, a AddressAnswer) error
}

// AddressChanger changes the receiver of an unshipped order. The change counts when
// the order is pulled again.
type AddressChanger interface {
	ChangeAddress(ctx context.Context, orderNo string, r Receiver) error
}

// PriceChange sets what an unpaid order costs: by line, and its freight. Fen.
type PriceChange struct {
	OrderNo string
	Lines   []LinePrice
	Freight int64
}

// LinePrice is the new amount of a whole line and what it was, fen.
type LinePrice struct {
	LineNo   string
	Was, Now int64
}

// PriceChanger changes prices while an order is unpaid (改价).
type PriceChanger interface {
	ChangePrice(ctx context.Context, p PriceChange) error
}

// StockLevel is how many pieces a listing shall offer, in full.
type StockLevel struct {
	Key                 string // stable over retries
	ItemNo, SKUNo, Code string // the channel's item and SKU, the merchant's code
	Quantity            int64
}

// StockPusher sets the stock of listings. The answer has one error per level, nil
// for those taken.
type StockPusher interface {
	PushStock(ctx context.Context, levels []StockLevel) ([]error, error)
}

// AftersaleState is what a case waits for, in our words.
type AftersaleState string

const (
	AftersaleRequested AftersaleState = "requested" // the seller decides
	AftersaleReturning AftersaleState = "returning" // the buyer sends goods back
	AftersaleReceiving AftersaleState = "receiving" // the seller confirms the return
	AftersaleRefunding AftersaleState = "refunding" // agreed; the money is on its way
	AftersaleRefused   AftersaleState = "refused"
	AftersaleClosed    AftersaleState = "closed"
	AftersaleRefunded  AftersaleState = "refunded"
	AftersaleExchanged AftersaleState = "exchanged"
	AftersaleUnknown   AftersaleState = "unknown" // kept raw
)

// Case is what a channel says about one case (售后单). Fen and unix milliseconds.
type Case struct {
	No, OrderNo, LineNo string
	Kind                string // refund | return | exchange | reship | repair | price_protection | other
	State               AftersaleState
	StateRaw            string
	Version             string // to be given back with a decision, where the channel checks it
	RefundFen           int64
	Quantity            int64
	Reason, Note        string
	Evidence            []string // addresses of what the buyer shows, at the channel
	ReturnCarrier       string
	ReturnWaybill       string
	CreatedAt           int64
	ModifiedAt          int64
	DecideByAt          int64
}

// AftersaleLister lists and reads after-sale cases by modified time.
type AftersaleLister interface {
	ListAftersales(ctx context.Context, q Query) (Page, error)
	GetAftersale(ctx context.Context, no, orderNo string) (Item, error)
	MapAftersale(raw []byte) (Case, error)
}

// Decision answers a case. Key is stable over retries.
type Decision struct {
	Key             string
	Case            Case
	Approve         bool
	AmountFen       int64
	Reason          string
	ReturnAddressNo string
}

// AftersaleDecider approves and refuses cases (同意/拒绝). ErrDone where it is decided.
type AftersaleDecider interface {
	DecideAftersale(ctx context.Context, d Decision) error
}

// ExchangeShipment is the parcel that brings the goods of a case: those that an exchange
// gives (换货), or those that were missing (补寄).
type ExchangeShipment struct {
	Key              string
	Case             Case
	Carrier, Waybill string // our code of the carrier
	CarrierName      string
}

// ExchangeShipper hears of that parcel. ErrDone where it knows of one.
type ExchangeShipper interface {
	ShipExchange(ctx context.Context, s ExchangeShipment) error
}

// Review is a buyer's review (评价).
type Review struct {
	No, OrderNo, LineNo, ItemNo string
	Score                       int // 1 to 5
	Text, Reply                 string
	CreatedAt                   int64
}

// Reviewer lists reviews by created time and answers them.
type Reviewer interface {
	ListReviews(ctx context.Context, q Query) ([]Review, Page, error)
	ReplyReview(ctx context.Context, r Review, text string) error
}

// Cipher is one ciphered field of an order's receiver.
type Cipher struct {
	OrderNo string
	Field   string // name | phone | address
	Text    string
}

// Decrypter opens ciphered receivers within the channel's quota, for a stated
// purpose. The answer is in the order of the question; a field it refused is empty.
type Decrypter interface {
	Decrypt(ctx context.Context, ciphers []Cipher, purpose string) ([]string, error)
}

// SearchIndexer turns a plain phone or name into what the channel's cipher texts
// can be searched with, its search index (检索串): the same for the same text of a shop.
type SearchIndexer interface {
	SearchIndex(ctx context.Context, field, plain string) (string, error)
	// IndexOf cuts out of a cipher text what SearchIndex answers for its plain text.
	// It asks nobody. ok is false for a text that bears none.
	IndexOf(field, cipher string) (index string, ok bool)
}

// WaybillRequest asks for one waybill of the channel's own (电子面单) for one parcel.
// What an order's receiver is lies ciphered at the channel, so only it can print.
type WaybillRequest struct {
	// Key is the parcel's, stable over retries and unlike that of any other parcel of
	// its orders.
	Key string
	// Orders are the channel's numbers of the orders in the parcel, at least one.
	Orders []string
	// Shop is the channel's number of the shop whose orders they are, where the account
	// of another shop is asked (共享单号); see WaybillSharer. Empty where it is its own.
	Shop    string
	Carrier string // our code; the connector spells it in its own way
	// Branch is a WaybillBranch.Code, for channels and carriers that ask for one.
	Branch string
	// Service is the carrier's product as the channel spells it, empty for its usual one.
	Service string
	// Sender is where and by whom the parcel is given to the carrier, in plain; most
	// channels take none but the branch's addresses.
	Sender Receiver
	// Receiver is as the channel gave it with the order, ciphers included.
	Receiver Receiver
	// Template is the address of the channel's print template, empty for its own choice.
	Template             string
	Goods                []WaybillGoods
	WeightGram, VolumeML int64 // 0 where nobody weighed or measured
}

// WaybillGoods are goods of a parcel, named for the carrier.
type WaybillGoods struct {
	Name     string
	Quantity int64
}

// IssuedWaybill is a waybill that the channel issued. What the channel does not tell apart
// from PrintData stays empty.
type IssuedWaybill struct {
	Carrier string // our code, as asked
	No      string
	// Ref is the channel's own name of the issue, for channels that find nothing by the
	// number alone.
	Ref string
	// ParentNo is the leading number of a shipment of several pieces.
	ParentNo string
	// PrintData goes unread to the channel's print component. It bears personal data,
	// ciphered or plain. Signature goes with it where the component takes it apart.
	PrintData, Signature string
	Template             string
	// SortCode (三段码), Mark (大头笔) and Bag (集包地) lead the parcel.
	SortCode, Mark, Bag string
}

// Name is by what the waybill is found again.
func (w IssuedWaybill) Name() WaybillName {
	return WaybillName{Carrier: w.Carrier, No: w.No, Ref: w.Ref, Template: w.Template}
}

// WaybillName names an issued waybill, all of it as IssueWaybill gave it, and Shop as it
// was asked for. It bears no personal data.
type WaybillName struct{ Carrier, No, Ref, Template, Shop string }

// WaybillBranch is a carrier's branch at which the shop may take waybills, with what
// is left there.
type WaybillBranch struct {
	Carrier    string // the channel's code
	Code, Name string
	// Left is how many waybills can still be issued, -1 where the carrier keeps no
	// count; Used and Cancelled are -1 where the channel does not tell.
	Left, Used, Cancelled int64
	Senders               []Receiver // addresses only
}

// WaybillIssuer issues the channel's own waybills (取号). A number is issued once for
// a key: asked again, the channel gives the same waybill, so an issue whose answer
// was lost (ErrUnknownOutcome) is asked again with the same request until it is
// answered. After a cancellation the key gives a new number.
type WaybillIssuer interface {
	// IssueWaybill issues a waybill, or finds the one issued before for the same key.
	// Errors: ErrWaybillBalance, ErrUnreachable, ErrNotFound where the channel knows
	// no such order.
	IssueWaybill(ctx context.Context, r WaybillRequest) (IssuedWaybill, error)
	// ReadWaybill reads an issued waybill again, to print it. Errors: ErrNotFound;
	// ErrUnsupported where the channel tells print data only when it issues, so that
	// what came with the issue has to be kept.
	ReadWaybill(ctx context.Context, w WaybillName) (IssuedWaybill, error)
	// CancelWaybill gives a number back that no carrier has scanned (回收单号).
	// Errors: ErrNotFound; ErrDone where it is cancelled, ErrRefused where it travels.
	CancelWaybill(ctx context.Context, w WaybillName) error
	// WaybillBranches lists the branches of a carrier, of all carriers for "".
	WaybillBranches(ctx context.Context, carrier string) ([]WaybillBranch, error)
}

// WaybillUpdater changes the receiver, goods and template of an issued waybill that no
// carrier has scanned; the last one wins. The print data is new, the number stays.
// Errors: those of IssueWaybill; ErrNotFound too for a waybill that does not stand.
type WaybillUpdater interface {
	UpdateWaybill(ctx context.Context, w WaybillName, r WaybillRequest) (IssuedWaybill, error)
}

// PrintSigner is implemented by clients whose channel's print component fetches the key of
// each label itself: it does so with a query signed by us, good for a few minutes. Nothing
// is asked of the channel.
type PrintSigner interface {
	PrintParams() (string, error)
}

// MergeOrder is one order that might share a parcel with others.
type MergeOrder struct {
	OrderNo string
	// ReceiverKey is the channel's id of the receiver as it came with the order, empty
	// to let the client ask for it: it changes with the address.
	ReceiverKey string
}

// MergeGrouper says which orders go to the same receiver where only the channel can
// tell, since it shows masks (合单). Every order asked for is in exactly one group, in
// the order of the question; one that the channel does not group stands alone. Orders
// beyond what one call takes (100) are not compared with each other.
type MergeGrouper interface {
	MergeGroups(ctx context.Context, orders []MergeOrder) ([][]string, error)
}

// PrintTeller hears which of the channel's own waybills came out of a printer (打印成功通知);
// again says that it did before. Being told twice changes nothing.
type PrintTeller interface {
	TellPrinted(ctx context.Context, w WaybillName, again bool) error
}

// Hint says that something changed; the engine asks what.
type Hint struct {
	ID          string // unique per channel event; made of the body where there is none
	Topic       string
	OrderNo     string
	AftersaleNo string
	Account     string // whose, as Token.Account
	At          int64
}

// Inbound is a request that came to a shop's hook address.
type Inbound struct {
	Method string
	URL    *url.URL
	Header httpx.Header
	Body   []byte
	At     int64
}

// Reply is what the channel wants to hear once the hints are on disk.
type Reply struct {
	Status      int
	ContentType string
	Body        []byte
}

// PushReceiver verifies a push and reads its hints. It sends nothing.
// Errors: ErrSignature, ErrClock, ErrAnswer for a body nobody can read.
type PushReceiver interface {
	Receive(in Inbound) ([]Hint, Reply, error)
}

// HintPuller fetches messages that the channel queues. Confirm follows once they
// are on disk.
type HintPuller interface {
	PullHints(ctx context.Context) ([]Hint, error)
	ConfirmHints(ctx context.Context, ids []string) error
}

// HintStream holds a connection on which hints arrive; it returns when that ends.
// deliver is answered once the hint is on disk.
type HintStream interface {
	StreamHints(ctx context.Context, deliver func(context.Context, Hint) error) error
}

// What a client can do besides orders, declared in the manifest. The conformance
// suite compares them with the interfaces the client has.
const (
	PullOrders       Capability = "pull_orders"
	Push             Capability = "push"
	ShipOrders       Capability = "ship"
	ShipLines        Capability = "ship_lines"   // parcels of some lines or pieces
	ShipAtOnce       Capability = "ship_at_once" // all parcels together, once nothing is left to ship
	AppendParcels    Capability = "append_parcel"
	ShipNumberless   Capability = "ship_without_number"
	ChangeWaybills   Capability = "change_waybill"
	CloseOrders      Capability = "close"
	Memos            Capability = "memo"
	BuyerMessages    Capability = "message_buyer"
	AddressAnswers   Capability = "answer_address"
	AddressChanges   Capability = "change_address"
	PriceChanges     Capability = "change_price"
	StockPush        Capability = "push_stock"
	PullAftersales   Capability = "aftersales"
	DecideAftersales Capability = "decide_aftersales"
	ShipExchanges    Capability = "ship_exchange"
	Reviews          Capability = "reviews"
	DecryptReceivers Capability = "decrypt"
	SearchIndexes    Capability = "search_index"
	EWaybills        Capability = "e_waybill"
	EWaybillUpdates  Capability = "update_e_waybill"
	EWaybillSharing  Capability = "share_e_waybill"
	PrintNotices     Capability = "tell_printed"
	MergesOrders     Capability = "merge_groups"
)

// Implemented returns the capabilities a client has by its interfaces. ShipLines
// and ShipAtOnce are properties of Ship and are left to the manifest.
func Implemented(c Client) []Capability {
	out := []Capability{PullOrders}
	add := func(ok bool, one Capability) {
		if ok {
			out = append(out, one)
		}
	}
	_, receiver := c.(PushReceiver)
	_, puller := c.(HintPuller)
	_, stream := c.(HintStream)
	add(receiver || puller || stream, Push)
	add(is[Shipper](c), ShipOrders)
	add(is[ParcelAppender](c), AppendParcels)
	add(is[NumberlessShipper](c), ShipNumberless)
	add(is[WaybillChanger](c), ChangeWaybills)
	add(is[Closer](c), CloseOrders)
	add(is[MemoWriter](c), Memos)
	add(is[BuyerMessenger](c), BuyerMessages)
	add(is[AddressAnswerer](c), AddressAnswers)
	add(is[AddressChanger](c), AddressChanges)
	add(is[PriceChanger](c), PriceChanges)
	add(is[StockPusher](c), StockPush)
	add(is[AftersaleLister](c), PullAftersales)
	add(is[AftersaleDecider](c), DecideAftersales)
	add(is[ExchangeShipper](c), ShipExchanges)
	add(is[Reviewer](c), Reviews)
	add(is[Decrypter](c), DecryptReceivers)
	add(is[SearchIndexer](c), SearchIndexes)
	add(is[WaybillIssuer](c), EWaybills)
	add(is[WaybillUpdater](c), EWaybillUpdates)
	add(is[WaybillSharer](c), EWaybillSharing)
	add(is[PrintTeller](c), PrintNotices)
	add(is[MergeGrouper](c), MergesOrders)
	return out
}

func is[T any](c Client) bool {
	_, ok := c.(T)
	return ok
}
