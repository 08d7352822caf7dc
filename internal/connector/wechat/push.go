package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
)

// pushSign is what signs a push: its parts sorted, one behind the other.
func pushSign(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

var errSealed = errors.New("the message cannot be opened")

// aesKey is the key of 43 characters of base64, whose last bits need not be zero.
func aesKey(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(text + "=")
	if err == nil && len(key) != 32 {
		err = errSealed
	}
	return key, err
}

// padBlock is the length to which messages are padded, twice the cipher's own.
const padBlock = 32

// openMessage opens a sealed message: 16 random bytes, its length, itself, whose it is.
func openMessage(keyText, sealed string) (message []byte, app string, err error) {
	key, err := aesKey(keyText)
	if err != nil {
		return nil, "", err
	}
	text, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, "", err
	}
	if len(text) == 0 || len(text)%aes.BlockSize != 0 {
		return nil, "", errSealed
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, "", err
	}
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(text, text)
	pad := int(text[len(text)-1])
	if pad < 1 || pad > padBlock || pad > len(text) || !bytes.Equal(text[len(text)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, "", errSealed
	}
	text = text[:len(text)-pad]
	if len(text) < 20 {
		return nil, "", errSealed
	}
	n := int64(binary.BigEndian.Uint32(text[16:20]))
	if n > int64(len(text)-20) {
		return nil, "", errSealed
	}
	return text[20 : 20+n], string(text[20+n:]), nil
}

// event is a message of the platform.
type event struct {
	Name  string    `json:"Event" xml:"Event"`
	From  wire.Text `json:"FromUserName" xml:"FromUserName"`
	At    wire.Int  `json:"CreateTime" xml:"-"`
	AtXML int64     `json:"-" xml:"CreateTime"`
	Order struct {
		ID wire.Text `json:"order_id" xml:"order_id"`
	} `json:"order_info" xml:"order_info"`
	Case struct {
		ID    wire.Text `json:"after_sale_order_id" xml:"after_sale_order_id"`
		Order wire.Text `json:"order_id" xml:"order_id"`
	} `json:"finder_shop_aftersale_status_update" xml:"finder_shop_aftersale_status_update"`
}

// readAny reads JSON or XML, whichever the back office was set to.
func readAny(raw []byte, into any) error {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("<")) {
		return xml.Unmarshal(raw, into)
	}
	return json.Unmarshal(raw, into)
}

var received = channel.Reply{Status: http.StatusOK, ContentType: "text/plain", Body: []byte("success")}

// Receive implements channel.PushReceiver: the question whether the address is ours,
// and sealed messages. Open messages prove nothing of what they say and are refused.
func (c *client) Receive(in channel.Inbound) ([]channel.Hint, channel.Reply, error) {
	token, key := c.Credentials[pushToken], c.Credentials[pushKey]
	if token == "" || in.URL == nil {
		return nil, channel.Reply{}, channel.ErrSignature.With("channel_code", pushToken)
	}
	q := in.URL.Query()
	proves := func(given string, parts ...string) bool {
		return hmac.Equal([]byte(given), []byte(pushSign(append(parts, token, q.Get("timestamp"), q.Get("nonce"))...)))
	}
	if in.Method == http.MethodGet {
		if !proves(q.Get("signature")) {
			return nil, channel.Reply{}, channel.ErrSignature.With("channel_code", "signature")
		}
		return nil, channel.Reply{Status: http.StatusOK, ContentType: "text/plain", Body: []byte(q.Get("echostr"))}, nil
	}
	var outer struct {
		Encrypt string `json:"Encrypt" xml:"Encrypt"`
	}
	if err := readAny(in.Body, &outer); err != nil {
		return nil, channel.Reply{}, channel.Told(channel.ErrAnswer, "push", "unreadable push").Because(err)
	}
	if outer.Encrypt == "" || !proves(q.Get("msg_signature"), outer.Encrypt) {
		return nil, channel.Reply{}, channel.ErrSignature.With("channel_code", "msg_signature")
	}
	message, app, err := openMessage(key, outer.Encrypt)
	if err != nil || app != c.Credentials[appID] {
		return nil, channel.Reply{}, channel.ErrSignature.With("channel_code", pushKey)
	}
	hint, err := c.hint(message, in.At)
	if err != nil {
		return nil, channel.Reply{}, err
	}
	return hint, received, nil
}

// hint reads a message. It has no number; the same event sent again has the same text.
func (c *client) hint(message []byte, at int64) ([]channel.Hint, error) {
	var e event
	if err := readAny(message, &e); err != nil {
		return nil, channel.Told(channel.ErrAnswer, "push", "unreadable message").Because(err)
	}
	if e.Name == "" || e.Order.ID+e.Case.ID == "" {
		return nil, nil // of something else than orders and cases
	}
	sum := sha256.Sum256(message)
	h := channel.Hint{ID: hex.EncodeToString(sum[:16]), Topic: e.Name, OrderNo: channel.FirstOf(e.Order.ID.String(), e.Case.Order.String()),
		AftersaleNo: e.Case.ID.String(), Account: c.Credentials[appID], At: max(e.At.N, e.AtXML) * second}
	if h.At == 0 {
		h.At = at
	}
	return []channel.Hint{h}, nil
}
