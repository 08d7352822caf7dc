// Package word says in words what fulfilment's errors carry as codes.
//
// Owns: why two fulfillment orders cannot travel together, and the names of the states
// that a refusal tells of. Does not own: the rule of merging, and what the states mean
// (fulfillment).
package word

import "github.com/ordercove/ordercove/internal/kit/errs"

// Why two cannot be merged; words of the API, in the parameter reason.
const (
	ReceiverUnknown = "receiver_unknown"
	OtherReceiver   = "other_receiver"
	OtherShop       = "other_shop"
	OtherWarehouse  = "other_warehouse"
	OtherCarrier    = "other_carrier"
	OtherPresale    = "other_presale_date"
	PartlyShipped   = "partly_shipped"
	NotMerged       = "not_merged" // there is nothing to take apart
	Changed         = "changed"    // meanwhile
)

var (
	reasons = map[string][2]string{
		ReceiverUnknown: {"收件信息是脱敏的，不能判断是否同一人", "the receiver is masked, so nobody knows whether it is the same person"},
		OtherReceiver:   {"收件人或地址不同", "another receiver or address"},
		OtherShop:       {"店铺不同，不能一起寄", "another shop, and these two do not share parcels"},
		OtherWarehouse:  {"不在同一个仓库", "another warehouse"},
		OtherCarrier:    {"发货方式或指定快递不同", "another way of shipping or another carrier"},
		OtherPresale:    {"预售发货日不同", "another presale date"},
		PartlyShipped:   {"已有包裹发出", "a parcel of it has left already"},
		NotMerged:       {"没有合并过", "it is not merged"},
		Changed:         {"内容刚刚变化，请刷新", "it has just changed; look again"},
	}
	states = map[string][2]string{
		"open":      {"待发", "open"},
		"shipped":   {"已发货", "shipped"},
		"cancelled": {"已取消", "cancelled"},
		"replaced":  {"已拆分或合并成别的发货单", "split or merged into others"},
		"ready":     {"还没有发给供应商", "not sent to the supplier yet"},
		"sent":      {"已发给供应商", "sent to the supplier"},
		"accepted":  {"供应商已接单", "accepted by the supplier"},
		"refused":   {"供应商已拒绝", "refused by the supplier"},
		"withdrawn": {"已撤回", "taken back"},
		Changed:     {"刚刚变化，请刷新", "just changed; look again"},
	}
)

var _, _ = errs.Words("reason", errs.Table(reasons), "fulfillment"), errs.Words("state", errs.Table(states), "fulfillment", "dropship")
