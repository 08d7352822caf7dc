-- +goose Up
-- Orders made to make good for another one: goods sent again (补发) and exchanges (换货).
CREATE TABLE intake_followup (
  merchant_id    BIGINT NOT NULL,
  order_id       BIGINT NOT NULL, -- the new one
  origin_id      BIGINT NOT NULL, -- the one it makes good for
  kind           TEXT   NOT NULL, -- reship | exchange
  number         BIGINT NOT NULL, -- of the origin's, from 1
  case_id        BIGINT NOT NULL, -- the after-sale case; an exchange always has one, ours where the channel has none
  reason         TEXT   NOT NULL,
  note           TEXT   NOT NULL,
  liable         TEXT   NOT NULL, -- who pays: merchant | buyer | carrier | supplier | channel
  ship_when      TEXT   NOT NULL, -- now | after_return
  ship_hours     BIGINT NOT NULL, -- within which it ships, from its making or from the return
  goods_fen      BIGINT NOT NULL, -- what the new goods are worth
  returned_fen   BIGINT NOT NULL, -- what was paid for the goods sent back
  settlement     TEXT   NOT NULL, -- of the difference: none | collected | refund | waived
  created_at     BIGINT NOT NULL,
  created_by     BIGINT NOT NULL,
  created_name   TEXT   NOT NULL,
  PRIMARY KEY (merchant_id, order_id),
  UNIQUE (merchant_id, origin_id, number)
);
CREATE INDEX intake_followup_case ON intake_followup (merchant_id, case_id) WHERE case_id <> 0;
-- What goes out and what is to come back, by line of the origin.
CREATE TABLE intake_followup_line (
  merchant_id    BIGINT NOT NULL,
  order_id       BIGINT NOT NULL,
  way            TEXT   NOT NULL, -- out | back
  position       BIGINT NOT NULL,
  origin_line_id BIGINT NOT NULL, -- 0: goods that the origin did not have
  line_id        BIGINT NOT NULL, -- of the new order; 0 for what comes back
  quantity       BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id, way, position),
  CHECK (quantity > 0)
);
-- What is to come back for an after-sale case of our own, by order line.
CREATE TABLE aftersale_expected (
  merchant_id BIGINT NOT NULL,
  case_id     BIGINT NOT NULL,
  line_id     BIGINT NOT NULL,
  quantity    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, case_id, line_id),
  CHECK (quantity > 0)
);

-- +goose Down
DROP TABLE aftersale_expected;
DROP TABLE intake_followup_line;
DROP TABLE intake_followup;
