package douyin

import (
	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// columns are those of the 73 and the 75 column layout, and of the layout with
// one row per order whose line cells are joined by semicolons.
type columns struct {
	no, lineNo, status, orderType, aftersale, placed, paid, completed, shipped, shipBy channel.Col

	title, spec, quantity, itemNo, skuCode, articleNo, price, lineAmount channel.Col

	payable, freight, payDiscount, platformBorne, merchantBorne, talentBorne, income, payMethod channel.Col

	name, phone, province, city, district, town, detail, buyerNote, sellerNote, flag, express channel.Col
}

func find(h *channel.Header) columns {
	return columns{
		no: h.Col("主订单编号"), lineNo: h.Col("子订单编号"), status: h.Col("订单状态"), orderType: h.Col("订单类型"),
		aftersale: h.Col("售后状态"), placed: h.Col("订单提交时间"), paid: h.Col("支付完成时间"), completed: h.Col("订单完成时间"),
		shipped: h.Col("发货时间"), shipBy: h.Col("承诺发货时间"),
		title: h.Col("选购商品"), spec: h.Col("商品规格"), quantity: h.Col("商品数量"), itemNo: h.Col("商品ID"),
		skuCode: h.Col("商家编码"), articleNo: h.Col("货号"), price: h.Col("商品单价"), lineAmount: h.Col("商品金额"),
		payable: h.Col("订单应付金额"), freight: h.Col("运费"), payDiscount: h.Col("支付优惠"),
		platformBorne: h.Col("平台实际承担优惠金额"), merchantBorne: h.Col("商家实际承担优惠金额"),
		talentBorne: h.Col("达人实际承担优惠金额"), income: h.Col("商家收入金额"), payMethod: h.Col("支付方式"),
		name: h.Col("收件人"), phone: h.Col("收件人手机号"), province: h.Col("省"), city: h.Col("市"), district: h.Col("区"),
		town: h.Col("街道"), detail: h.Col("详细地址"), buyerNote: h.Col("买家留言"), sellerNote: h.Col("商家备注"),
		flag: h.Col("旗帜颜色"), express: h.Col("快递信息"),
	}
}

type place struct {
	Name wire.Text `json:"name"`
}

type apiAddress struct {
	Province      place     `json:"province"`
	City          place     `json:"city"`
	Town          place     `json:"town"`
	Street        place     `json:"street"`
	Detail        wire.Text `json:"detail"`
	EncryptDetail wire.Text `json:"encrypt_detail"`
}

// apiOrder: instants in seconds, amounts in fen.
type apiOrder struct {
	OrderID         wire.Text  `json:"order_id"`
	OrderStatus     wire.Text  `json:"order_status"`
	MainStatus      wire.Text  `json:"main_status"`
	OpenID          wire.Text  `json:"doudian_open_id"`
	CreateTime      wire.Int   `json:"create_time"`
	PayTime         wire.Int   `json:"pay_time"`
	ShipTime        wire.Int   `json:"ship_time"`
	FinishTime      wire.Int   `json:"finish_time"`
	UpdateTime      wire.Int   `json:"update_time"`
	ExpShipTime     wire.Int   `json:"exp_ship_time"`
	PayType         wire.Int   `json:"pay_type"`
	OrderAmount     wire.Fen   `json:"order_amount"`
	PayAmount       wire.Fen   `json:"pay_amount"`
	PostAmount      wire.Fen   `json:"post_amount"`
	ModifyAmount    wire.Fen   `json:"modify_amount"`
	ShopCost        wire.Fen   `json:"shop_cost_amount"`
	PlatformCost    wire.Fen   `json:"platform_cost_amount"`
	PromotionPay    wire.Fen   `json:"promotion_pay_amount"`
	BuyerWords      wire.Text  `json:"buyer_words"`
	SellerWords     wire.Text  `json:"seller_words"`
	Stars           wire.Int   `json:"seller_remark_stars"`
	Receiver        wire.Text  `json:"post_receiver"`
	EncryptReceiver wire.Text  `json:"encrypt_post_receiver"`
	MaskReceiver    wire.Text  `json:"mask_post_receiver"`
	Tel             wire.Text  `json:"post_tel"`
	EncryptTel      wire.Text  `json:"encrypt_post_tel"`
	MaskTel         wire.Text  `json:"mask_post_tel"`
	Address         apiAddress `json:"post_addr"`
	MaskAddress     apiAddress `json:"mask_post_addr"`
	// OpenAddressID is the same for one person at one place, within the shop.
	OpenAddressID wire.Text `json:"open_address_id"`
	Phases        []struct {
		PaySuccess bool     `json:"pay_success"`
		PayAmount  wire.Fen `json:"phase_pay_amount"`
	} `json:"order_phase_list"`
	Parcels []apiParcel  `json:"logistics_info"`
	Lines   []apiSKULine `json:"sku_order_list"`
}

type apiParcel struct {
	TrackingNo  wire.Text `json:"tracking_no"`
	Company     wire.Text `json:"company"`
	CompanyName wire.Text `json:"company_name"`
	PackID      wire.Text `json:"delivery_id"`
	ShipTime    wire.Int  `json:"ship_time"`
}

type apiSKULine struct {
	OrderID      wire.Text `json:"order_id"`
	OrderStatus  wire.Text `json:"order_status"`
	MainStatus   wire.Text `json:"main_status"`
	ProductID    wire.Text `json:"product_id"`
	ProductIDStr wire.Text `json:"product_id_str"`
	SKUID        wire.Text `json:"sku_id"`
	Code         wire.Text `json:"code"`
	OutSKUID     wire.Text `json:"out_sku_id"`
	Name         wire.Text `json:"product_name"`
	Picture      wire.Text `json:"product_pic"`
	Spec         []struct {
		Name  wire.Text `json:"name"`
		Value wire.Text `json:"value"`
	} `json:"spec"`
	Number       wire.Int  `json:"item_num"`
	Price        wire.Fen  `json:"origin_amount"`
	PayAmount    wire.Fen  `json:"pay_amount"`
	PromotionPay wire.Fen  `json:"promotion_pay_amount"`
	PostAmount   wire.Fen  `json:"post_amount"`
	ExpShipTime  wire.Int  `json:"exp_ship_time"`
	PreSaleType  wire.Int  `json:"pre_sale_type"`
	TradeType    wire.Int  `json:"trade_type"`
	GivenType    wire.Text `json:"given_product_type"`
	NeedSerial   wire.Text `json:"need_serial_number"`
	Aftersale    *struct {
		Status wire.Text `json:"after_sale_status"`
		Type   wire.Text `json:"after_sale_type"`
		Refund wire.Text `json:"refund_status"`
	} `json:"after_sale_info"`
}

// listCase is an after-sale case of the list.
type listCase struct {
	Info struct {
		ID         wire.Text `json:"aftersale_id"`
		Type       wire.Text `json:"aftersale_type"`
		Status     wire.Text `json:"aftersale_status"`
		RelatedID  wire.Text `json:"related_id"`
		ApplyTime  wire.Int  `json:"apply_time"`
		UpdateTime wire.Int  `json:"update_time"`
		Deadline   wire.Int  `json:"status_deadline"`
		Amount     wire.Fen  `json:"refund_amount"`
		Number     wire.Int  `json:"aftersale_num"`
		ReturnNo   wire.Text `json:"return_logistics_code"`
		ReturnBy   wire.Text `json:"return_logistics_company_name"`
		Remark     wire.Text `json:"remark"`
	} `json:"aftersale_info"`
	Order struct {
		ID wire.Text `json:"shop_order_id"`
	} `json:"order_info"`
	Texts struct {
		Reason wire.Text `json:"reason_text"`
	} `json:"text_part"`
}

// detailCase is the same of the detail, which has other names.
type detailCase struct {
	Process struct {
		Info struct {
			ID         wire.Text   `json:"after_sale_id"`
			Type       wire.Text   `json:"after_sale_type"`
			Status     wire.Text   `json:"after_sale_status"`
			ApplyTime  wire.Int    `json:"apply_time"`
			UpdateTime wire.Int    `json:"update_time"`
			Deadline   wire.Int    `json:"status_deadline"`
			Amount     wire.Fen    `json:"refund_total_amount"`
			Number     wire.Int    `json:"after_sale_apply_count"`
			Reason     wire.Text   `json:"reason"`
			Remark     wire.Text   `json:"reason_remark"`
			Evidence   []wire.Text `json:"evidence"`
		} `json:"after_sale_info"`
		Logistics struct {
			Return struct {
				TrackingNo  wire.Text `json:"tracking_no"`
				CompanyName wire.Text `json:"company_name"`
			} `json:"return"`
		} `json:"logistics_info"`
	} `json:"process_info"`
	Order struct {
		ID    wire.Text `json:"shop_order_id"`
		Lines []struct {
			ID wire.Text `json:"sku_order_id"`
		} `json:"sku_order_infos"`
	} `json:"order_info"`
}
