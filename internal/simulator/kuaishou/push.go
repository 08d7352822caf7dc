package kuaishou

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// messageKey is the AES key of an app's messages, Base64.
func messageKey(s *world.Shop) string {
	return base64.StdEncoding.EncodeToString([]byte(world.Stream(1, s.Name, s.AppKey, "message").Hex(16)))
}

// seal is AES-CBC with PKCS padding and an IV of zeros, Base64, as documented.
func seal(key string, plain []byte) (string, error) {
	k, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return "", err
	}
	block, err := aes.NewCipher(k)
	if err != nil {
		return "", err
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	plain = append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(plain, plain) // #nosec G407 -- the platform's own
	return base64.StdEncoding.EncodeToString(plain), nil
}

// eventOf are the messages' names, as documented. An order's changes without a name
// of their own are told by its note.
var eventOf = map[world.Topic]string{
	world.TopicCreated: "kwaishop_order_addOrder", world.TopicPaid: "kwaishop_order_paySuccess", world.TopicShipped: "kwaishop_order_delivering",
	world.TopicPartlyShipped: "kwaishop_order_delivering", world.TopicDelivered: "kwaishop_order_deliverySuccess", world.TopicCompleted: "kwaishop_order_orderSuccess",
	world.TopicClosed: "kwaishop_order_orderFail", world.TopicAddress: "kwaishop_order_addressChange", world.TopicPrice: "kwaishop_order_totalFeeChange",
	world.TopicMemo:          "kwaishop_order_addNote",
	world.TopicRefundCreated: "kwaishop_aftersales_addRefund", world.TopicRefundAgreed: "kwaishop_aftersales_updateRefund",
	world.TopicRefundRefused: "kwaishop_aftersales_updateRefund", world.TopicRefundReturn: "kwaishop_aftersales_updateRefund",
	world.TopicRefundClosed: "kwaishop_aftersales_updateRefund", world.TopicRefundDone: "kwaishop_aftersales_updateRefund",
}

// info is what a message says; that of a note names the order as bizId.
func info(s *world.Shop, event string, e world.Event) obj {
	o := e.Order
	switch event {
	case "kwaishop_order_addOrder":
		return obj{"oid": num(o.No), "sellerId": num(s.ID), "openId": o.BuyerKey, "buyerOpenId": o.BuyerKey, "createTime": o.CreatedAt}
	case "kwaishop_order_addressChange":
		return obj{"oid": num(o.No), "seller_id": num(s.ID), "openId": o.BuyerKey, "buyerOpenId": o.BuyerKey, "updateTime": o.ModifiedAt}
	case "kwaishop_order_addNote":
		return obj{"bizId": num(o.No), "eventType": 1, "type": 1, "operatorName": s.Title, "operatorType": 1, "note": o.Memo, "updateTime": o.ModifiedAt}
	case "kwaishop_aftersales_addRefund":
		return obj{"orderId": num(o.No), "refundId": num(e.Case.No), "handlingWay": way(e.Case), "specialRefundType": 0, "status": caseStatus(e.Case), "createTime": e.Case.CreatedAt}
	case "kwaishop_aftersales_updateRefund":
		return obj{"orderId": num(o.No), "refundId": num(e.Case.No), "handlingWay": way(e.Case), "specialRefundType": 0, "status": caseStatus(e.Case), "eventType": 1, "updateTime": e.Case.ModifiedAt}
	}
	return obj{"oid": num(o.No), "sellerId": num(s.ID), "status": statusOf(o), "updateTime": o.ModifiedAt}
}

func push(s *world.Shop, e world.Event) (world.Push, bool) {
	event := eventOf[e.Topic]
	if event == "" {
		return world.Push{}, false
	}
	biz := e.Order.No
	if e.Case != nil {
		biz = e.Case.No
	}
	inner, err := world.Encode(info(s, event, e))
	if err != nil {
		return world.Push{}, false
	}
	plain, err := world.Encode(obj{"eventId": fmt.Sprintf("243_%s_%d", s.ID, e.Serial), "msgId": fmt.Sprintf("84_%d", e.Serial), "bizId": num(biz), "userId": num(s.ID),
		"openId": "s" + s.ID, "appKey": s.AppKey, "event": event, "info": string(inner), "status": 2, "createTime": e.At, "updateTime": e.At, "operator": "sim"})
	if err != nil {
		return world.Push{}, false
	}
	body, err := seal(messageKey(s), plain)
	if err != nil {
		return world.Push{}, false
	}
	return world.Push{Header: http.Header{"Content-Type": {"text/plain;charset=utf-8"}}, Body: []byte(body)}, true
}

func acknowledged(status int, body []byte) bool {
	var a struct{ Result int }
	return status == http.StatusOK && json.Unmarshal(body, &a) == nil && a.Result == 1
}
