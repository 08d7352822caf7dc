package wechat

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"

	"github.com/ordercove/ordercove/internal/simulator/world"
)

// pushToken and pushKey are what a person would choose in the back office.
func pushToken(s *world.Shop) string { return world.Stream(1, s.Name, s.AppKey, "token").Hex(20) }

func pushKey(s *world.Shop) string {
	raw := []byte(world.Stream(1, s.Name, s.AppKey, "aes").Hex(32))
	return base64.RawStdEncoding.EncodeToString(raw)
}

var eventOf = map[world.Topic]string{
	world.TopicCreated: "channels_ec_order_new", world.TopicPaid: "channels_ec_order_pay", world.TopicShipped: "channels_ec_order_deliver",
	world.TopicPartlyShipped: "channels_ec_order_deliver", world.TopicCompleted: "channels_ec_order_confirm", world.TopicClosed: "channels_ec_order_cancel",
	world.TopicMemo: "channels_ec_order_ext_info_update", world.TopicAddress: "channels_ec_order_ext_info_update", world.TopicWish: "channels_ec_order_ext_info_update",
}

// push is an encrypted JSON message. Order numbers are strings in some events and
// bare numbers in others.
func push(s *world.Shop, e world.Event) (world.Push, bool) {
	event := eventOf[e.Topic]
	info := obj{"order_id": e.Order.No}
	msg := obj{"ToUserName": "gh_" + s.ID, "FromUserName": e.Order.BuyerKey, "CreateTime": seconds(e.At), "MsgType": "event"}
	switch e.Topic {
	case world.TopicPaid:
		info["pay_time"] = seconds(e.Order.PaidAt)
	case world.TopicShipped, world.TopicPartlyShipped:
		info["order_id"] = json.Number(e.Order.No)
		info["finish_delivery"] = map[bool]int{false: 0, true: 1}[e.Topic == world.TopicShipped]
	case world.TopicCompleted:
		info["order_id"], info["confirm_type"] = json.Number(e.Order.No), 1
	case world.TopicClosed:
		info["cancel_type"] = 1
	case world.TopicMemo:
		info["type"] = 2
	case world.TopicAddress, world.TopicWish:
		info["type"] = 1
	}
	if e.Case != nil {
		event = "channels_ec_aftersale_update"
		msg["finder_shop_aftersale_status_update"] = obj{"status": caseWord(e.Case), "after_sale_order_id": e.Case.No, "order_id": e.Order.No}
	} else {
		msg["order_info"] = info
	}
	if event == "" {
		return world.Push{}, false
	}
	msg["Event"] = event
	plain, err := world.Encode(msg)
	if err != nil {
		return world.Push{}, false
	}
	r := world.Stream(e.Serial, s.Name, "wechat push")
	sealed, err := encrypt(pushKey(s), s.AppKey, []byte(r.Hex(16)), plain)
	if err != nil {
		return world.Push{}, false
	}
	body, err := world.Encode(obj{"ToUserName": "gh_" + s.ID, "Encrypt": sealed})
	if err != nil {
		return world.Push{}, false
	}
	at, nonce := itoa(seconds(s.World().Now())), r.Digits(10)
	q := url.Values{"timestamp": {at}, "nonce": {nonce}, "encrypt_type": {"aes"}, "signature": {signature(pushToken(s), at, nonce)},
		"msg_signature": {signature(pushToken(s), at, nonce, sealed)}, "openid": {e.Order.BuyerKey}}
	return world.Push{Query: q, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}, true
}

// checkHook does what the back office does when a hook address is entered: it asks
// the address, signed, for a text that it must give back.
func (s *server) checkHook(rw http.ResponseWriter, r *http.Request) {
	shop := s.w.ByApp(code, r.URL.Query().Get("appid"))
	if shop == nil || shop.Hook == "" {
		write(rw, world.JSON(http.StatusNotFound, obj{"ok": false, "why": "no such shop, or it has no hook address"}))
		return
	}
	at, nonce := itoa(seconds(shop.World().Now())), itoa(shop.World().Now()%1e9)
	echo := itoa(shop.World().Now()) + "901"
	to, err := url.Parse(shop.Hook)
	if err != nil {
		write(rw, world.JSON(http.StatusBadRequest, obj{"ok": false, "why": err.Error()}))
		return
	}
	q := to.Query()
	for k, v := range map[string]string{"timestamp": at, "nonce": nonce, "echostr": echo, "signature": signature(pushToken(shop), at, nonce)} {
		q.Set(k, v)
	}
	to.RawQuery = q.Encode()
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodGet, to.String(), nil)
	if err != nil {
		write(rw, world.JSON(http.StatusBadRequest, obj{"ok": false, "why": err.Error()}))
		return
	}
	a, err := http.DefaultClient.Do(ask)
	if err != nil {
		write(rw, world.JSON(http.StatusBadGateway, obj{"ok": false, "why": err.Error()}))
		return
	}
	defer a.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(a.Body, 1024))
	write(rw, world.JSON(http.StatusOK, obj{"ok": a.StatusCode == http.StatusOK && string(body) == echo}))
}
