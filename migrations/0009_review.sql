-- +goose Up
-- What a merchant decided about reviewing orders (审单规则), one document.
CREATE TABLE order_review_policy (
  merchant_id BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  body        TEXT   NOT NULL, -- JSON: options, rules, limits, floors, areas
  updated_at  BIGINT NOT NULL,
  updated_by  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id)
);

-- People whose orders wait (黑名单), by what their orders are found with.
CREATE TABLE order_review_blacklist (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  kind        TEXT   NOT NULL, -- buyer | phone | place
  value       BIGINT NOT NULL, -- the customer, or a keyed token of phone or name and address
  label       TEXT   NOT NULL, -- masked, for people to recognise
  reason      TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  created_by  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, kind, value)
);

-- Holds of the rules that a person ended: for the same note they stay ended.
CREATE TABLE order_review_waiver (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  kind        TEXT   NOT NULL,
  note        TEXT   NOT NULL,
  waived_at   BIGINT NOT NULL,
  waived_by   BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id, kind)
);

-- Orders that are judged anew later: they approve themselves then (等待窗口), or a rule
-- asks how long ago they were paid.
CREATE TABLE order_review_due (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  due_at      BIGINT NOT NULL,
  approves    BIGINT NOT NULL DEFAULT 1, -- 0: holds may open and end, and no more
  PRIMARY KEY (merchant_id, order_id)
);
CREATE INDEX order_review_due_at ON order_review_due (merchant_id, due_at, order_id);

-- What was written to a buyer, or has to be: rejections and requests to complete an address.
CREATE TABLE order_review_message (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  kind        TEXT   NOT NULL, -- reject | address
  text        TEXT   NOT NULL,
  way         TEXT   NOT NULL, -- person | channel | refused
  created_at  BIGINT NOT NULL,
  created_by  BIGINT NOT NULL,
  sent_at     BIGINT NOT NULL DEFAULT 0, -- 0: not yet
  sent_by     BIGINT NOT NULL DEFAULT 0, -- 0: the channel said so
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX order_review_message_order ON order_review_message (merchant_id, order_id, id);

-- A buyer's orders, the newest first: purchase limits, duplicates, how many so far.
CREATE INDEX order_head_customer ON order_head (merchant_id, customer_id, placed_at, id) WHERE customer_id > 0;

-- +goose Down
DROP INDEX order_head_customer;
DROP TABLE order_review_message;
DROP TABLE order_review_due;
DROP TABLE order_review_waiver;
DROP TABLE order_review_blacklist;
DROP TABLE order_review_policy;
