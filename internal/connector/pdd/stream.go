package pdd

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/channel/wire"
	"github.com/ordercove/ordercove/internal/kit/clock"
	"github.com/ordercove/ordercove/internal/kit/run"
)

const (
	beatEvery = 5 * time.Second
	// silent is how long the server may say nothing; it has a heartbeat of its own.
	silent   = 3 * time.Minute
	maxFrame = 1 << 20
)

// digest signs the address: base64 of the hex text, not of the sixteen bytes.
func digest(id, secret, millis string) string {
	sum := md5.Sum([]byte(id + millis + secret))
	return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(sum[:])))
}

// streamURL: a server that stands in for the gateway has its messages below its own
// address.
func (c *client) streamURL() string {
	base := messages
	if c.BaseURL != gateway {
		base = strings.TrimSuffix(strings.TrimRight(c.BaseURL, "/"), "/api/router")
		base = strings.Replace(base, "http", "ws", 1) + "/message/"
	}
	at := strconv.FormatInt(clock.Millis(c.Clock), 10)
	return base + c.Credentials[clientID] + "/" + at + "/" + digest(c.Credentials[clientID], c.Credentials[clientSecret], at)
}

type frame struct {
	ID       json.Number `json:"id"`
	Command  string      `json:"commandType"`
	SendTime json.Number `json:"sendTime"`
	Message  struct {
		Type    string      `json:"type"`
		MallID  json.Number `json:"mallID"`
		Content string      `json:"content"`
	} `json:"message"`
}

type reply struct {
	Command  string      `json:"commandType"`
	Time     int64       `json:"time"`
	ID       json.Number `json:"id,omitempty"`
	SendTime json.Number `json:"sendTime,omitempty"`
	Type     string      `json:"type,omitempty"`
	MallID   json.Number `json:"mallID,omitempty"`
}

// StreamHints implements channel.HintStream. Messages are switched on for the shop
// first, which may be said again and again.
func (c *client) StreamHints(ctx context.Context, deliver func(context.Context, channel.Hint) error) error {
	if _, err := c.call(ctx, false, "pdd.pmc.user.permit", nil, &struct{}{}); err != nil {
		return err
	}
	conn, _, err := websocket.Dial(ctx, c.streamURL(), &websocket.DialOptions{HTTPClient: c.HTTP})
	if err != nil {
		// The cause would tell the signed address.
		return channel.Told(channel.ErrUnavailable, "stream", "no connection for messages")
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(maxFrame)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var ends [2]error
	run.Each(ctx, 2, []int{0, 1}, func(ctx context.Context, i int) {
		defer stop()
		if i == 0 {
			ends[i] = c.beat(ctx, conn)
		} else {
			ends[i] = c.read(ctx, conn, deliver)
		}
	})
	return ends[1]
}

// beat says that we are alive until the connection ends.
func (c *client) beat(ctx context.Context, conn *websocket.Conn) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.Clock.After(beatEvery):
			if err := c.say(ctx, conn, reply{Command: "HeartBeat"}); err != nil {
				return err
			}
		}
	}
}

func (c *client) say(ctx context.Context, conn *websocket.Conn, r reply) error {
	r.Time = clock.Millis(c.Clock)
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return conn.Write(ctx, websocket.MessageText, b)
}

// read delivers message after message: Ack once one is on disk, Fail to have it sent
// again.
func (c *client) read(ctx context.Context, conn *websocket.Conn, deliver func(context.Context, channel.Hint) error) error {
	for {
		patience, done := context.WithTimeout(ctx, silent)
		_, b, err := conn.Read(patience)
		done()
		if err != nil {
			return channel.Told(channel.ErrUnavailable, "stream", "the connection for messages ended").Because(err)
		}
		var f frame
		if json.Unmarshal(b, &f) != nil || f.Command == "HeartBeat" || f.Command == "" {
			continue
		}
		if f.Command == "Fail" {
			return channel.Told(channel.ErrUnavailable, "stream", "the channel ended the connection for messages")
		}
		answer := reply{Command: "Ack", ID: f.ID, SendTime: f.SendTime, Type: f.Message.Type, MallID: f.Message.MallID}
		failed := deliver(ctx, hint(f))
		if failed != nil {
			answer.Command = "Fail"
		}
		if err := c.say(ctx, conn, answer); err != nil {
			return channel.Told(channel.ErrUnavailable, "stream", "the connection for messages ended").Because(err)
		}
		if failed != nil {
			return failed
		}
	}
}

func hint(f frame) channel.Hint {
	content := []byte(f.Message.Content)
	at, _ := f.SendTime.Int64()
	return channel.Hint{ID: f.ID.String(), Topic: f.Message.Type, OrderNo: wire.Field(content, "tid").String(), AftersaleNo: wire.Field(content, "refund_id").String(),
		Account: channel.FirstOf(f.Message.MallID.String(), wire.Field(content, "mall_id").String()), At: at}
}
