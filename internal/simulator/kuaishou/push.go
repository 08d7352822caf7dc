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

// eventOf are the messages' names; only addOrder is certain.
var eventOf = map[world.Topic]string{
	world.TopicCreated: "kwaishop_order_addOrder", world.TopicPaid: "kwaishop_order_paySuccessOrder", world.TopicShipped: "kwaishop_order_deliveringOrder",
	world.TopicPartlyShipped: "kwaishop_order_deliveringOrder", world.TopicCompleted: "kwaishop_order_successOrder", world.TopicClosed: "kwaishop_order_failOrder",
	world.TopicAddress: "kwaishop_order_changeAddress", world.TopicHold: "kwaishop_order_riskUpdate",
	world.TopicRefundCreated: "kwaishop_aftersales_addRefund", world.TopicRefundAgreed: "kwaishop_aftersales_updateRefund",
	world.TopicRefundRefused: "kwaishop_aftersales_updateRefund", world.TopicRefundReturn: "kwaishop_aftersales_updateRefund",
	world.TopicRefundClosed: "kwaishop_aftersales_failRefund", world.TopicRefundDone: "kwaishop_aftersales_successRefund",
}

func push(s *world.Shop, e world.Event) (world.Push, bool) {
	event := eventOf[e.Topic]
	if event == "" {
		return world.Push{}, false
	}
	biz := e.Order.No
	info := obj{"oid": num(e.Order.No), "sellerId": num(s.ID), "status": statusOf(e.Order), "updateTime": e.Order.ModifiedAt}
	if e.Case != nil {
		biz = e.Case.No
		info = obj{"oid": num(e.Order.No), "refundId": num(e.Case.No), "sellerId": num(s.ID), "status": caseStatus(e.Case), "updateTime": e.Case.ModifiedAt}
	}
	inner, err := world.Encode(info)
	if err != nil {
		return world.Push{}, false
	}
	plain, err := world.Encode(obj{"eventId": fmt.Sprintf("267_%s_%d", s.ID, e.Serial), "bizId": num(biz), "userId": num(s.ID), "openId": "s" + s.ID, "appKey": s.AppKey,
		"event": event, "info": string(inner), "createTime": e.At, "test": false})
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
