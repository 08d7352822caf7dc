package pull

import (
	"context"
	"encoding/json"

	"github.com/ordercove/ordercove/internal/channel"
	"github.com/ordercove/ordercove/internal/kit/command"
	"github.com/ordercove/ordercove/internal/kit/db"
	"github.com/ordercove/ordercove/internal/kit/id"
	"github.com/ordercove/ordercove/internal/kit/job"
	"github.com/ordercove/ordercove/internal/order"
	"github.com/ordercove/ordercove/internal/order/word"
)

// wordJob has the orders that waited for a word pulled again.
const wordJob = "pull.status_word"

// wordPage is how many orders one transaction of that job asks for.
const wordPage = 200

type wordPayload struct {
	Channel string `json:"channel"`
	Word    string `json:"word"`
}

// MapWordInput says what a status word of the shop's channel means.
type MapWordInput struct {
	ShopID id.ID          `json:"shop_id"`
	Word   string         `json:"word"`
	Status channel.Status `json:"status"`
}

// MapWord teaches us a status word of a channel (对应状态), for all its shops and for
// files as well; the orders held under it are pulled again. A word that we know by
// ourselves keeps its meaning. Permission channel.edit.
//
// Errors: shop.ErrNotFound, ErrNotSynced, channel.ErrBadWord.
func (e *Engine) MapWord(ctx context.Context, in MapWordInput) error {
	if err := e.reads(ctx, "channel.edit", in.ShopID); err != nil {
		return err
	}
	sh, err := e.shops.Get(ctx, in.ShopID)
	if err != nil {
		return err
	}
	if _, _, err := e.access.App(ctx, sh.ID); err != nil {
		return notSynced(err)
	}
	if err := channel.CheckWord(in.Word, in.Status); err != nil {
		return err
	}
	about := &command.About{Action: "pull.map_word", Object: "shop/" + sh.ID.String(), Detail: map[string]any{"channel": sh.Channel, "word": in.Word, "status": in.Status}}
	_, err = command.Run(ctx, e.k.Commands, about, in, func(ctx context.Context, tx *db.Tx) (int, error) {
		if err := channel.SaveWordTx(ctx, tx, sh.Channel, in.Word, in.Status, e.now()); err != nil {
			return 0, err
		}
		_, err := e.k.Jobs.EnqueueTx(ctx, tx, job.Spec{Kind: wordJob, Payload: wordPayload{sh.Channel, channel.Fold(in.Word)}, GroupKey: wordJob})
		return 1, err
	})
	return err
}

// runWord asks for the orders that are held under the word, page by page.
func (e *Engine) runWord(ctx context.Context, r *job.Run) error {
	var p wordPayload
	if err := r.Payload(&p); err != nil {
		return err
	}
	var after id.ID
	if c := r.Checkpoint(); c != "" {
		if err := json.Unmarshal([]byte(c), &after); err != nil {
			return err
		}
	}
	for {
		var held []word.Held
		err := r.Advance(ctx, func(ctx context.Context, tx *db.Tx) (step job.Step, err error) {
			if held, err = word.After(ctx, tx, merchantOf(ctx), p.Channel, after, wordPage); err != nil || len(held) == 0 {
				return step, err
			}
			for _, h := range held {
				if channel.Fold(h.Word) != p.Word {
					continue
				}
				if err := e.FetchTx(ctx, tx, h.ShopID, h.No); err != nil {
					return step, err
				}
				step.Done, step.OK = step.Done+1, step.OK+1
			}
			c, err := json.Marshal(held[len(held)-1].OrderID)
			step.Checkpoint = string(c)
			return step, err
		})
		if err != nil || len(held) < wordPage {
			return err
		}
		after = held[len(held)-1].OrderID
	}
}

// wordsOf are the words that people mapped for a channel.
func (e *Engine) wordsOf(ctx context.Context, code string) (*channel.Words[channel.Status], error) {
	saved, err := channel.SavedWords(ctx, e.k.DB, code)
	return channel.NewWords(saved), err
}

// known gives a status to an order whose word only a person could read.
func (r *round) known(d *order.Document) {
	if d.Status != "" || d.StatusRaw == "" || r.words == nil {
		return
	}
	if s, ok := r.words.Look(d.StatusRaw); ok {
		d.Status = s
	}
}
