package world

// Status is how far an order or line is.
type Status string

const (
	PendingPayment   Status = "pending_payment"
	PartlyPaid       Status = "partly_paid" // presale: the deposit is paid
	AwaitingShipment Status = "awaiting_shipment"
	PartlyShipped    Status = "partly_shipped"
	Shipped          Status = "shipped"
	Delivered        Status = "delivered"
	Completed        Status = "completed"
	Closed           Status = "closed"
)

// RefundStatus is the after-sale side of an order or line.
type RefundStatus string

const (
	RefundNone     RefundStatus = "none"
	RefundOpen     RefundStatus = "in_progress"
	RefundPart     RefundStatus = "partly_refunded"
	RefundDone     RefundStatus = "refunded"
	RefundRejected RefundStatus = "rejected"
)

// Holds keep a paid order from being shipped.
const (
	HoldGroup = "group_pending"
	HoldRisk  = "risk_review"
	HoldGift  = "gift_pending" // the presented person has not taken it yet
	HoldWish  = "address_change_requested"
)

// Person is a receiver in clear. Platforms mask and cipher it.
type Person struct {
	Name     string `json:"name"`
	Phone    string `json:"phone"`
	Province string `json:"province"`
	City     string `json:"city"`
	District string `json:"district"`
	Town     string `json:"town"`
	Detail   string `json:"detail"`
}

// Order is the truth about one order. Instants are unix milliseconds of the
// platform's clock, 0 for not yet; amounts are fen.
type Order struct {
	No     string `json:"no"` // as the platform spells it
	Serial uint64 `json:"serial"`
	Status Status `json:"status"`

	CreatedAt   int64 `json:"created_at"`
	PaidAt      int64 `json:"paid_at,omitempty"`
	ConfirmedAt int64 `json:"confirmed_at,omitempty"` // paid, and group and gift complete
	ShippedAt   int64 `json:"shipped_at,omitempty"`
	DeliveredAt int64 `json:"delivered_at,omitempty"`
	CompletedAt int64 `json:"completed_at,omitempty"`
	ClosedAt    int64 `json:"closed_at,omitempty"`
	ModifiedAt  int64 `json:"modified_at"`
	PayBy       int64 `json:"pay_by"`
	ShipBy      int64 `json:"ship_by,omitempty"`

	BuyerKey   string   `json:"buyer_key"`
	BuyerNick  string   `json:"buyer_nick"`
	BuyerNote  string   `json:"buyer_note,omitempty"`
	Receiver   Person   `json:"receiver"`
	Wish       *Person  `json:"wish,omitempty"` // the address the buyer asks for
	Memo       string   `json:"memo,omitempty"`
	Told       []string `json:"told,omitempty"` // messages to the buyer, the newest last
	Flag       int      `json:"flag,omitempty"` // 0 none, 1 red, 2 yellow, 3 green, 4 blue, 5 purple
	Holds      []string `json:"holds,omitempty"`
	Presale    *Presale `json:"presale,omitempty"`
	Gift       bool     `json:"gift,omitempty"`
	Virtual    bool     `json:"virtual,omitempty"` // its goods need no delivery
	CloseCause string   `json:"close_cause,omitempty"`
	PaymentNo  string   `json:"payment_no,omitempty"`

	Freight int64    `json:"freight"`
	Lines   []Line   `json:"lines"`
	Parcels []Parcel `json:"parcels,omitempty"`

	Refund        RefundStatus `json:"refund"`
	Refunded      int64        `json:"refunded,omitempty"`
	Poison        int          `json:"poison,omitempty"` // 1…: how its rendering is spoilt
	AddressChange int          `json:"address_change,omitempty"`

	Still bool   `json:"still,omitempty"` // nothing happens to it by itself
	Plan  []Step `json:"plan,omitempty"`
	Rev   int64  `json:"rev"` // counts the changes
}

// Presale is an order paid in two parts.
type Presale struct {
	Deposit       int64 `json:"deposit"`
	DepositPaidAt int64 `json:"deposit_paid_at,omitempty"`
	FinalFrom     int64 `json:"final_from"` // when the rest may be paid
}

// Line is one line. Amounts are of the whole line.
type Line struct {
	No       string `json:"no"`
	SKU      int    `json:"sku"` // index in Shop's listings
	ItemNo   string `json:"item_no"`
	SKUNo    string `json:"sku_no"`
	Code     string `json:"code"` // the merchant's
	Title    string `json:"title"`
	SKUText  string `json:"sku_text"`
	Quantity int64  `json:"quantity"`
	Price    int64  `json:"price"` // of one piece

	MerchantDiscount int64 `json:"merchant_discount,omitempty"`
	PlatformDiscount int64 `json:"platform_discount,omitempty"`
	Adjust           int64 `json:"adjust,omitempty"` // the seller's price change
	Gift             bool  `json:"gift,omitempty"`

	Status   Status       `json:"status"`
	Refund   RefundStatus `json:"refund"`
	Refunded int64        `json:"refunded,omitempty"`
	CaseNo   string       `json:"case_no,omitempty"` // the latest
	Sent     int64        `json:"sent,omitempty"`    // pieces in parcels
}

// Goods is price times quantity.
func (l Line) Goods() int64 { return l.Price * l.Quantity }

// Paid is what the buyer pays for the line.
func (l Line) Paid() int64 { return l.Goods() - l.MerchantDiscount - l.PlatformDiscount + l.Adjust }

// Parcel is one parcel as the platform knows it.
type Parcel struct {
	Carrier   string       `json:"carrier"` // as the client spelled it
	Waybill   string       `json:"waybill"`
	ShippedAt int64        `json:"shipped_at"`
	Lines     []ParcelLine `json:"lines"`
	Elsewhere bool         `json:"elsewhere,omitempty"` // not by a client: in the platform's own back office
	Key       string       `json:"key,omitempty"`
	Way       string       `json:"way,omitempty"` // how it went without a carrier
}

// ParcelLine is pieces of one line.
type ParcelLine struct {
	No       string `json:"no"`
	Quantity int64  `json:"quantity"`
}

// Goods, MerchantDiscount, PlatformDiscount and Adjust are sums over the lines.
func (o *Order) Goods() int64 { return o.sum(Line.Goods) }
func (o *Order) MerchantDiscount() int64 {
	return o.sum(func(l Line) int64 { return l.MerchantDiscount })
}
func (o *Order) PlatformDiscount() int64 {
	return o.sum(func(l Line) int64 { return l.PlatformDiscount })
}
func (o *Order) Adjust() int64 { return o.sum(func(l Line) int64 { return l.Adjust }) }

// BuyerPaid is what the buyer pays in the end, freight included.
func (o *Order) BuyerPaid() int64 { return o.sum(Line.Paid) + o.Freight }

// Receivable is what the merchant gets: BuyerPaid and the platform's share.
func (o *Order) Receivable() int64 { return o.BuyerPaid() + o.PlatformDiscount() }

func (o *Order) sum(f func(Line) int64) int64 {
	var n int64
	for _, l := range o.Lines {
		n += f(l)
	}
	return n
}

// Held tells whether a hold stands.
func (o *Order) Held(hold string) bool {
	for _, h := range o.Holds {
		if h == hold {
			return true
		}
	}
	return false
}

// Line returns the line with that number, or nil.
func (o *Order) Line(no string) *Line {
	for i := range o.Lines {
		if o.Lines[i].No == no {
			return &o.Lines[i]
		}
	}
	return nil
}

// Unpaid tells whether money is still missing.
func (o *Order) Unpaid() bool { return o.Status == PendingPayment || o.Status == PartlyPaid }

func (o *Order) clone() *Order {
	c := *o
	c.Holds = append([]string(nil), o.Holds...)
	c.Lines = append([]Line(nil), o.Lines...)
	c.Plan = nil
	c.Parcels = make([]Parcel, len(o.Parcels))
	for i, p := range o.Parcels {
		p.Lines = append([]ParcelLine(nil), p.Lines...)
		c.Parcels[i] = p
	}
	if o.Wish != nil {
		w := *o.Wish
		c.Wish = &w
	}
	if o.Presale != nil {
		p := *o.Presale
		c.Presale = &p
	}
	return &c
}

// CaseState is what an after-sale case waits for.
type CaseState string

const (
	CaseRequested CaseState = "requested" // the seller decides
	CaseReturning CaseState = "returning" // the buyer sends goods back
	CaseReceiving CaseState = "receiving" // the seller confirms the return
	CaseRefused   CaseState = "refused"
	CaseClosed    CaseState = "closed" // the buyer took it back
	CaseRefunded  CaseState = "refunded"
	CaseExchanged CaseState = "exchanged"
)

// Case is one after-sale case. Kind is refund, return or exchange.
type Case struct {
	No            string    `json:"no"`
	Serial        uint64    `json:"serial"`
	OrderNo       string    `json:"order_no"`
	LineNo        string    `json:"line_no"`
	Kind          string    `json:"kind"`
	AfterShipping bool      `json:"after_shipping"`
	State         CaseState `json:"state"`
	Version       int64     `json:"version"`
	Refund        int64     `json:"refund"`
	Quantity      int64     `json:"quantity"`
	Reason        string    `json:"reason"`
	Note          string    `json:"note,omitempty"`
	ReturnCarrier string    `json:"return_carrier,omitempty"`
	ReturnWaybill string    `json:"return_waybill,omitempty"`
	SentWaybill   string    `json:"sent_waybill,omitempty"` // of an exchange's goods
	CreatedAt     int64     `json:"created_at"`
	ModifiedAt    int64     `json:"modified_at"`
	DecideBy      int64     `json:"decide_by"`
	Key           string    `json:"key,omitempty"` // of the client's decision
	Rev           int64     `json:"rev"`
}

// Review is a buyer's review. Score is 1 to 5.
type Review struct {
	No        string `json:"no"`
	OrderNo   string `json:"order_no"`
	LineNo    string `json:"line_no"`
	ItemNo    string `json:"item_no"`
	Nick      string `json:"nick"`
	Score     int    `json:"score"`
	Text      string `json:"text"`
	Reply     string `json:"reply,omitempty"`
	CreatedAt int64  `json:"created_at"`
}

// Listing is one SKU that a shop sells. Stock is what the platform offers.
type Listing struct {
	ItemNo  string `json:"item_no"`
	SKUNo   string `json:"sku_no"`
	Code    string `json:"code"`
	Title   string `json:"title"`
	SKUText string `json:"sku_text"`
	Price   int64  `json:"price"`
	Stock   int64  `json:"stock"`
}

// Topic is what an event tells.
type Topic string

const (
	TopicCreated       Topic = "created"
	TopicDepositPaid   Topic = "deposit_paid"
	TopicPaid          Topic = "paid"
	TopicShipped       Topic = "shipped"
	TopicPartlyShipped Topic = "partly_shipped"
	TopicParcels       Topic = "parcels_changed"
	TopicDelivered     Topic = "delivered"
	TopicCompleted     Topic = "completed"
	TopicClosed        Topic = "closed"
	TopicMemo          Topic = "memo"
	TopicAddress       Topic = "address"
	TopicWish          Topic = "address_wish"
	TopicPrice         Topic = "price"
	TopicHold          Topic = "hold"    // a hold came or went
	TopicChanged       Topic = "changed" // anything else
	TopicReviewed      Topic = "reviewed"
	TopicRefundCreated Topic = "refund_created"
	TopicRefundAgreed  Topic = "refund_agreed" // the seller agreed to a return
	TopicRefundRefused Topic = "refund_refused"
	TopicRefundReturn  Topic = "refund_returned" // the buyer sent the goods
	TopicRefundClosed  Topic = "refund_closed"
	TopicRefundDone    Topic = "refund_done"
)

// Event is something that happened; platforms tell of it in a push. Order and Case
// are as they are when it is told; Case is nil where the event is not of one.
type Event struct {
	Serial uint64 // from 1, per shop
	Topic  Topic
	At     int64
	SentAt int64 // the platform's clock when this copy goes out
	Order  *Order
	Case   *Case
}
