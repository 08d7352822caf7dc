package kuaishou

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

var errSealed = errors.New("the message cannot be opened")

// messageBlock is the cipher of an app's messages. Errors: a key that is none.
func messageBlock(key string) (cipher.Block, error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil, err
	}
	return aes.NewCipher(raw)
}

// openMessage opens a message: Base64 of AES-CBC with PKCS padding and an IV of zeros.
func openMessage(key string, sealed []byte) ([]byte, error) {
	block, err := messageBlock(key)
	if err != nil {
		return nil, err
	}
	text, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(sealed)))
	if err != nil {
		return nil, err
	}
	if len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, errSealed
	}
	cipher.NewCBCDecrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(text, text)
	pad := int(text[len(text)-1])
	if pad < 1 || pad > aes.BlockSize || !bytes.Equal(text[len(text)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errSealed
	}
	return text[:len(text)-pad], nil
}

// message is an event of an app's shop; Info is JSON in a string.
type message struct {
	ID     wire.Text `json:"eventId"`
	Biz    wire.Text `json:"bizId"`
	Shop   wire.Text `json:"openId"`
	App    wire.Text `json:"appKey"`
	Event  wire.Text `json:"event"`
	Info   string    `json:"info"`
	Create wire.Int  `json:"createTime"`
}

// Receive implements channel.PushReceiver. Messages are not signed: what opens with
// the app's key and names the app is taken for the platform's. It changes nothing but
// when an order is asked for.
func (c *client) Receive(in channel.Inbound) ([]channel.Hint, channel.Reply, error) {
	key := c.Credentials[messageKey]
	if key == "" {
		return nil, channel.Reply{}, channel.ErrSignature.With("channel_code", messageKey)
	}
	plain, err := openMessage(key, in.Body)
	var m message
	if err == nil {
		err = json.Unmarshal(plain, &m)
	}
	if err != nil || m.App.String() != c.Credentials[appKey] {
		return nil, channel.Reply{}, channel.ErrSignature.With("channel_code", messageKey)
	}
	taken := channel.Reply{Status: http.StatusOK, ContentType: "application/json", Body: []byte(`{"result":1}`)}
	h := channel.Hint{ID: m.ID.String(), Topic: m.Event.String(), Account: m.Shop.String(), At: m.Create.N}
	if h.At == 0 {
		h.At = in.At
	}
	info := []byte(m.Info)
	switch {
	case strings.HasPrefix(h.Topic, "kwaishop_order_"):
		h.OrderNo = channel.FirstOf(wire.Field(info, "oid", "orderId").String(), m.Biz.String())
	case strings.HasPrefix(h.Topic, "kwaishop_aftersales_"):
		h.OrderNo, h.AftersaleNo = wire.Field(info, "orderId", "oid").String(), channel.FirstOf(wire.Field(info, "refundId").String(), m.Biz.String())
	}
	if h.OrderNo == "" && h.AftersaleNo == "" {
		return nil, taken, nil // of goods, people and funds
	}
	return []channel.Hint{h}, taken, nil
}
