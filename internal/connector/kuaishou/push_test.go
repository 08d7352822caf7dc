package kuaishou

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"testing"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/channeltest"
)

// plainMessage is in the form the platform documents, sealed by another program:
// openssl enc -aes-128-cbc -K 30313233343536373839616263646566 -iv 00000000000000000000000000000000 -base64 -A
const (
	plainMessage  = `{"eventId":"243_4027_1","msgId":"84_1","bizId":2600000000000000101,"userId":100,"openId":"f18s","appKey":"ks650770123456789012","event":"kwaishop_order_addOrder","info":"{\"oid\":2600000000000000101,\"sellerId\":100}","status":2,"createTime":1794326401000}`
	sealedMessage = "bR+wF2nPNNun2sKB6x5rQvu5lF2AWl7pUEC0jSdQH7gIb4dwDQPvFOYTxmp1V3V4j2Q8Fg+HHduEIZg1v0xhKUK7i+1cHGhy9Erq48rhtPyTTxUqOqy7rhd2H245P+H5in1AR2Kvs+ethiBcuwViQqrOJWypELSmKcaWc0cjRWaENRec77oh+Ns1zi+i4eBm8VEejfqMZADLGiO1PLV9i80U2epXeImxOK6W70rwuO3a6/44Pr2AlGQ5dLIjj4NzsWg3hG46sluWqrbFIXLMzpNXGBEXeoBrwFmbUi5ka/6L3fHk7w0F6fXDA1v8QiSVxb+GQZlOHt8SygbnMq50djNNr9BHoi9gFdT8aqgKq1s="
)

func sealed(t *testing.T, c *client, plain string) []byte {
	t.Helper()
	block, err := messageBlock(c.Credentials[messageKey])
	if err != nil {
		t.Fatal(err)
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	text := append([]byte(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(text, text)
	return []byte(base64.StdEncoding.EncodeToString(text))
}

func TestMessagesAreOpenedAndRead(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(*client)
	message := func(event, biz, info string) string {
		return `{"eventId":"e1","bizId":` + biz + `,"openId":"f18s","appKey":"` + key + `","event":"` + event + `","info":"` + info + `","createTime":1794326401000}`
	}
	for name, one := range map[string]struct {
		body          []byte
		order, refund string
	}{
		"another's cipher text": {[]byte(sealedMessage + "\n"), "2600000000000000101", ""},
		"an order paid":         {sealed(t, c, message("kwaishop_order_paySuccess", "1", `{\"oid\":9007199254740993001,\"status\":30}`)), "9007199254740993001", ""},
		"a note":                {sealed(t, c, message("kwaishop_order_addNote", "9007199254740993001", `{\"bizId\":9007199254740993001,\"note\":\"x\"}`)), "9007199254740993001", ""},
		"a case":                {sealed(t, c, message("kwaishop_aftersales_updateRefund", "7001", `{\"orderId\":9007199254740993001,\"refundId\":7001}`)), "9007199254740993001", "7001"},
		"goods":                 {sealed(t, c, message("kwaishop_item_skuStockChange", "81", `{\"itemId\":81}`)), "", ""},
	} {
		hints, reply, err := c.Receive(channel.Inbound{Body: one.body, At: 5})
		if err != nil || string(reply.Body) != `{"result":1}` || reply.Status != 200 {
			t.Errorf("%s: %+v %v", name, reply, err)
			continue
		}
		if one.order == "" {
			if len(hints) != 0 {
				t.Errorf("%s: %+v", name, hints)
			}
			continue
		}
		if len(hints) != 1 || hints[0].OrderNo != one.order || hints[0].AftersaleNo != one.refund || hints[0].Account != "f18s" || hints[0].At != 1794326401000 || hints[0].ID == "" {
			t.Errorf("%s: %+v", name, hints)
		}
	}
}

func TestWhatDoesNotOpenIsNotThePlatforms(t *testing.T) {
	c := channeltest.Dial(t, Manifest, suite(t), nil).(*client)
	good := sealed(t, c, plainMessage)
	flipped := bytes.Clone(good)
	flipped[len(flipped)-10] ^= 1
	for name, body := range map[string][]byte{
		"nothing": nil, "no Base64": []byte("{}"), "half a block": []byte("AAAA"), "the open message": []byte(plainMessage), "another key": []byte("AAAAAAAAAAAAAAAAAAAAAA=="),
		"a changed block": flipped, "another app": sealed(t, c, `{"appKey":"ks1","event":"kwaishop_order_addOrder","bizId":1}`),
	} {
		if hints, _, err := c.Receive(channel.Inbound{Body: body}); !errors.Is(err, channel.ErrSignature) {
			t.Errorf("%s: %v %v", name, hints, err)
		}
	}
	s := suite(t)
	delete(s.Credentials, messageKey)
	c = channeltest.Dial(t, Manifest, s, nil).(*client)
	if _, _, err := c.Receive(channel.Inbound{Body: good}); !errors.Is(err, channel.ErrSignature) {
		t.Errorf("without a key: %v", err)
	}
	s.Credentials[messageKey] = "short"
	if _, err := Manifest.API.Open(channeltest.Access(Manifest, s, nil)); !errors.Is(err, channel.ErrCredentials) {
		t.Errorf("a key that is none: %v", err)
	}
}
