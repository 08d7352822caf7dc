package taobao

import (
	"bytes"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// listColumns are those of ExportOrderList and of the newer 订单报表.
type listColumns struct {
	no, status, nick, freight, paid, coupon, received, shop, refund channel.Col

	name, address, newAddress, phone, mobile, placed, paidAt, waybillNo, carrier channel.Col

	buyerNote, sellerNote, stages, confirmed, shipBy channel.Col
}

func findList(h *channel.Header) listColumns {
	return listColumns{
		no: h.Col("订单编号", "主订单编号"), status: h.Col("订单状态"), nick: h.Col("买家会员名", "买家昵称"), freight: h.Col("买家应付邮费"),
		paid: h.Col("买家实际支付金额", "买家实付金额"), coupon: h.Col("天猫卡券抵扣"), received: h.Col("打款商家金额", "确认收货打款金额"),
		shop: h.Col("店铺名称"), refund: h.Col("退款金额"),
		name: h.Col("收货人姓名"), address: h.Col("收货地址"), newAddress: h.Col("修改后的收货地址"), phone: h.Col("联系电话"), mobile: h.Col("联系手机"),
		placed: h.Col("订单创建时间"), paidAt: h.Col("订单付款时间"), waybillNo: h.Col("物流单号"), carrier: h.Col("物流公司"),
		buyerNote: h.Col("买家留言"), sellerNote: h.Col("订单备注", "商家备注", "备注"), stages: h.Col("分阶段订单信息"),
		confirmed: h.Col("确认收货时间"), shipBy: h.Col("应发货时间"),
	}
}

// detailColumns are those of ExportOrderDetailList, old (10) and newer (18), and
// of the newer 销售明细.
type detailColumns struct {
	no, lineNo, title, price, quantity, spec, outerNo, code, status, itemNo channel.Col

	paid, refundState, refund, placed, paidAt, sellerNote, shipBy channel.Col

	alone bool // the file says enough about the order to stand without the list
}

func findDetail(h *channel.Header) detailColumns {
	c := detailColumns{
		no: h.Col("主订单编号", "订单编号"), lineNo: h.Col("子订单编号"), title: h.Col("标题", "商品标题", "宝贝标题"),
		price: h.Col("价格", "商品价格"), quantity: h.Col("购买数量"), spec: h.Col("商品属性", "规格名称"),
		outerNo: h.Col("外部系统编号"), code: h.Col("商家编码"), status: h.Col("订单状态"), itemNo: h.Col("商品ID"),
		paid: h.Col("买家实际支付金额", "买家实付金额"), refundState: h.Col("退款状态"), refund: h.Col("退款金额"),
		placed: h.Col("订单创建时间"), paidAt: h.Col("订单付款时间"), sellerNote: h.Col("商家备注", "备注"), shipBy: h.Col("应发货时间"),
	}
	c.alone = c.status != channel.None && c.lineNo != channel.None && c.placed != channel.None
	return c
}

// receiver is one row of 发货报表.
type receiver struct{ name, mobile, address string }

// rows is a list of the API: {"order":[…]}, or the bare array that simplify=true asks for.
type rows struct{ Items []json.RawMessage }

// UnmarshalJSON implements json.Unmarshaler.
func (r *rows) UnmarshalJSON(b []byte) error {
	r.Items = nil
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] == '{' {
		var wrapped map[string]json.RawMessage
		if err := json.Unmarshal(b, &wrapped); err != nil || len(wrapped) != 1 {
			return err
		}
		for _, b = range wrapped {
		}
	}
	return json.Unmarshal(b, &r.Items)
}

type tradesAnswer struct {
	Total  wire.Int `json:"total_results"`
	Trades rows     `json:"trades"`
}

type tokenAnswer struct {
	AccessToken      string   `json:"access_token"`
	RefreshToken     string   `json:"refresh_token"`
	ExpiresIn        wire.Int `json:"expires_in"`
	RefreshExpiresIn wire.Int `json:"re_expires_in"`
	UserNick         string   `json:"taobao_user_nick"`
}

// tradeTypes: without step, presales would not come.
const tradeTypes = "guarantee_trade,auto_delivery,ec,cod,step"

// tradeFields are what the mapping reads. An oaid is given only with the five
// receiver fields.
const tradeFields = "tid,tid_str,status,type,created,modified,pay_time,consign_time,end_time,payment,total_fee,post_fee,discount_fee,adjust_fee," +
	"platform_subsidy_fee,received_payment,step_trade_status,step_paid_fee,new_presell,general_new_presell,delivery_time,send_time,buyer_nick,buyer_open_uid," +
	"has_buyer_message,buyer_message,seller_memo,seller_flag,receiver_name,receiver_state,receiver_city,receiver_district,receiver_town,receiver_address," +
	"receiver_zip,receiver_mobile,receiver_phone,oaid,top_hold,team_buy_hold,share_group_hold,ofp_hold,forbid_consign,gifting,asdp_ads,ob_tag,priority_consign_time,orders"

type trade struct {
	TidStr          wire.Text    `json:"tid_str"`
	Tid             wire.Text    `json:"tid"`
	Status          wire.Text    `json:"status"`
	Type            wire.Text    `json:"type"`
	Created         wire.ChinaAt `json:"created"`
	Modified        wire.ChinaAt `json:"modified"`
	PayTime         wire.ChinaAt `json:"pay_time"`
	ConsignTime     wire.ChinaAt `json:"consign_time"`
	EndTime         wire.ChinaAt `json:"end_time"`
	Payment         wire.Yuan    `json:"payment"`
	TotalFee        wire.Yuan    `json:"total_fee"`
	PostFee         wire.Yuan    `json:"post_fee"`
	PlatformSubsidy wire.Yuan    `json:"platform_subsidy_fee"`
	Received        wire.Yuan    `json:"received_payment"`
	StepStatus      wire.Text    `json:"step_trade_status"`
	StepPaid        wire.Yuan    `json:"step_paid_fee"`
	NewPresell      wire.Text    `json:"new_presell"`
	GeneralPresell  wire.Text    `json:"general_new_presell"`
	DeliveryTime    wire.Text    `json:"delivery_time"`
	SendTime        wire.Text    `json:"send_time"`
	BuyerNick       wire.Text    `json:"buyer_nick"`
	BuyerOpenUID    wire.Text    `json:"buyer_open_uid"`
	BuyerMessage    wire.Text    `json:"buyer_message"`
	SellerMemo      wire.Text    `json:"seller_memo"`
	SellerFlag      wire.Int     `json:"seller_flag"`
	Name            wire.Text    `json:"receiver_name"`
	State           wire.Text    `json:"receiver_state"`
	City            wire.Text    `json:"receiver_city"`
	District        wire.Text    `json:"receiver_district"`
	Town            wire.Text    `json:"receiver_town"`
	Address         wire.Text    `json:"receiver_address"`
	Zip             wire.Text    `json:"receiver_zip"`
	Mobile          wire.Text    `json:"receiver_mobile"`
	Phone           wire.Text    `json:"receiver_phone"`
	TopHold         wire.Int     `json:"top_hold"`
	TeamBuyHold     wire.Int     `json:"team_buy_hold"`
	ShareGroupHold  wire.Int     `json:"share_group_hold"`
	OfpHold         wire.Int     `json:"ofp_hold"`
	ForbidConsign   wire.Int     `json:"forbid_consign"`
	Gifting         wire.Text    `json:"gifting"`
	ToDoor          wire.Text    `json:"asdp_ads"` // 送货上门标
	Urged           wire.Text    `json:"ob_tag"`   // lg: the buyer urges
	FirstBy         wire.Text    `json:"priority_consign_time"`
	Orders          rows         `json:"orders"`
}

type tradeOrder struct {
	OidStr       wire.Text `json:"oid_str"`
	Oid          wire.Text `json:"oid"`
	NumIid       wire.Text `json:"num_iid"`
	SKUID        wire.Text `json:"sku_id"`
	OuterIid     wire.Text `json:"outer_iid"`
	OuterSKUID   wire.Text `json:"outer_sku_id"`
	Title        wire.Text `json:"title"`
	Spec         wire.Text `json:"sku_properties_name"`
	Picture      wire.Text `json:"pic_path"`
	Num          wire.Int  `json:"num"`
	Price        wire.Yuan `json:"price"`
	Payment      wire.Yuan `json:"payment"`
	DiscountFee  wire.Yuan `json:"discount_fee"`
	AdjustFee    wire.Yuan `json:"adjust_fee"`
	DivideFee    wire.Yuan `json:"divide_order_fee"`
	PartDiscount wire.Yuan `json:"part_mjz_discount"`
	Status       wire.Text `json:"status"`
	RefundStatus wire.Text `json:"refund_status"`
	InvoiceNo    wire.Text `json:"invoice_no"`
	Company      wire.Text `json:"logistics_company"`
	DeliveryTime wire.Text `json:"delivery_time"`
	IsFreeGift   wire.Text `json:"is_free_gift"`
}

type refund struct {
	RefundID      wire.Text    `json:"refund_id"`
	Tid           wire.Text    `json:"tid"`
	Oid           wire.Text    `json:"oid"`
	Status        wire.Text    `json:"status"`
	DisputeType   wire.Text    `json:"dispute_type"`
	HasGoodReturn wire.Text    `json:"has_good_return"`
	Phase         wire.Text    `json:"refund_phase"`
	Version       wire.Text    `json:"refund_version"`
	RefundFee     wire.Yuan    `json:"refund_fee"`
	Num           wire.Int     `json:"num"`
	Reason        wire.Text    `json:"reason"`
	Desc          wire.Text    `json:"desc"`
	SID           wire.Text    `json:"sid"`
	Company       wire.Text    `json:"company_name"`
	Created       wire.ChinaAt `json:"created"`
	Modified      wire.ChinaAt `json:"modified"`
	Timeout       *struct {
		Exists  wire.Text    `json:"exist_timeout"`
		Timeout wire.ChinaAt `json:"timeout"`
	} `json:"refund_remind_timeout"`
}

type rate struct {
	Tid     wire.Text    `json:"tid"`
	Oid     wire.Text    `json:"oid"`
	NumIid  wire.Text    `json:"num_iid"`
	Result  wire.Text    `json:"result"`
	Content wire.Text    `json:"content"`
	Reply   wire.Text    `json:"reply"`
	Created wire.ChinaAt `json:"created"`
}
