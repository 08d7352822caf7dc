-- +goose Up
-- What shall happen at a channel (回传): one row per effect, made in the
-- transaction that wants it, done once.
CREATE TABLE channel_effect (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  shop_id      BIGINT NOT NULL,
  kind         TEXT   NOT NULL, -- ship | change_waybill | note | close | adjust_price | change_address | answer_address | decide_aftersale | reply_review
  effect_key   TEXT   NOT NULL, -- what makes it the same effect: ship/<parcel>
  order_id     BIGINT NOT NULL DEFAULT 0,
  parcel_id    BIGINT NOT NULL DEFAULT 0,
  channel_no   TEXT   NOT NULL, -- the order's, case's or review's number at the channel
  body         BLOB,            -- sealed: a receiver, a text
  state        TEXT   NOT NULL, -- waiting | sending | done | refused | uncertain | dropped
  unanswered   BIGINT NOT NULL DEFAULT 0, -- an attempt ended without an answer: look before repeating
  attempts     BIGINT NOT NULL DEFAULT 0,
  error_code   TEXT   NOT NULL DEFAULT '',
  error_params TEXT   NOT NULL DEFAULT '',
  next_at      BIGINT NOT NULL,
  created_at   BIGINT NOT NULL,
  done_at      BIGINT NOT NULL DEFAULT 0,
  actor_id     BIGINT NOT NULL,
  actor_name   TEXT   NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, effect_key)
);
CREATE INDEX channel_effect_open ON channel_effect (merchant_id, shop_id, next_at, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX channel_effect_order ON channel_effect (merchant_id, order_id, id) WHERE order_id <> 0;
CREATE INDEX channel_effect_state ON channel_effect (merchant_id, state, id);
-- Which process sends for a shop, and until when nobody may.
CREATE TABLE channel_sender (
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  work        TEXT   NOT NULL, -- effects | stock
  holder      TEXT   NOT NULL,
  lease_until BIGINT NOT NULL,
  banned_until BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, shop_id, work)
);
-- How much of the stock a shop offers (库存同步).
CREATE TABLE channel_stock_plan (
  merchant_id  BIGINT NOT NULL,
  shop_id      BIGINT NOT NULL,
  mode         TEXT   NOT NULL, -- off | shared | quota
  ratio_percent BIGINT NOT NULL,
  buffer       BIGINT NOT NULL, -- pieces kept back per SKU
  warehouse_id BIGINT NOT NULL DEFAULT 0, -- 0: the shop's own
  updated_at   BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id),
  CHECK (ratio_percent >= 0 AND ratio_percent <= 100),
  CHECK (buffer >= 0)
);
-- Exclusive shares of a SKU (分区), for events on which two counters must not sell
-- the same piece.
CREATE TABLE channel_stock_quota (
  merchant_id BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  quota       BIGINT NOT NULL, -- pieces this shop may still sell
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, sku_id, shop_id),
  CHECK (quota >= 0)
);
-- What lines took of their shop's share, so that exactly that is given back.
CREATE TABLE channel_stock_use (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  line_id     BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL, -- 0 while unmapped
  asked       BIGINT NOT NULL, -- pieces the line wanted when it was looked at last
  taken       BIGINT NOT NULL, -- pieces the share had for it
  PRIMARY KEY (merchant_id, order_id, line_id),
  CHECK (taken >= 0 AND taken <= asked)
);
-- What each listing was told last, and what it shall be told.
CREATE TABLE channel_stock_level (
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  listing_id  BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL,
  wanted      BIGINT NOT NULL,
  pushed      BIGINT NOT NULL, -- -1 while the channel was told nothing
  changed_at  BIGINT NOT NULL, -- since when wanted differs from pushed, 0 where it does not
  pushed_at   BIGINT NOT NULL DEFAULT 0,
  attempts    BIGINT NOT NULL DEFAULT 0,
  next_at     BIGINT NOT NULL DEFAULT 0,
  error_code  TEXT   NOT NULL DEFAULT '',
  error_params TEXT  NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, shop_id, listing_id)
);
CREATE INDEX channel_stock_level_due ON channel_stock_level (merchant_id, shop_id, next_at) WHERE changed_at <> 0;
CREATE INDEX channel_stock_level_sku ON channel_stock_level (merchant_id, sku_id);

-- +goose Down
DROP TABLE channel_stock_level;
DROP TABLE channel_stock_use;
DROP TABLE channel_stock_quota;
DROP TABLE channel_stock_plan;
DROP TABLE channel_sender;
DROP TABLE channel_effect;
