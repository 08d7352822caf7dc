-- +goose Up
-- After-sale cases (售后单) as their channels tell them, and what we did about them.
CREATE TABLE aftersale_case (
  merchant_id    BIGINT NOT NULL,
  id             BIGINT NOT NULL,
  shop_id        BIGINT NOT NULL,
  case_no        TEXT   NOT NULL, -- the channel's
  order_no       TEXT   NOT NULL, -- the channel's
  order_id       BIGINT NOT NULL, -- 0 while we hold no such order
  customer_id    BIGINT NOT NULL,
  line_no        TEXT   NOT NULL, -- the channel's; empty: the whole order
  kind           TEXT   NOT NULL, -- refund | return | exchange | reship | repair | price_protection | other
  state          TEXT   NOT NULL,
  state_raw      TEXT   NOT NULL,
  case_version   TEXT   NOT NULL, -- the channel's
  refund_fen     BIGINT NOT NULL,
  quantity       BIGINT NOT NULL, -- 0 where the channel does not tell
  reason         TEXT   NOT NULL,
  return_carrier TEXT   NOT NULL,
  return_waybill TEXT   NOT NULL, -- as scanners read it
  opened_at      BIGINT NOT NULL,
  modified_at    BIGINT NOT NULL,
  respond_by_at  BIGINT NOT NULL, -- 0 where the channel sets no deadline
  turn_at        BIGINT NOT NULL, -- what stands first in the queue
  goods          TEXT   NOT NULL, -- none | awaited | arrived | received | given_up
  refunded_at    BIGINT NOT NULL, -- when it was first seen refunded
  decision       TEXT   NOT NULL, -- '' | approve | refuse
  decided_for    TEXT   NOT NULL, -- the channel's version that was decided on
  decisions      BIGINT NOT NULL, -- made so far
  effect_id      BIGINT NOT NULL, -- how the channel is told
  decided_at     BIGINT NOT NULL,
  decided_by     BIGINT NOT NULL,
  decided_name   TEXT   NOT NULL,
  given_up_reason TEXT  NOT NULL,
  seen_at        BIGINT NOT NULL,
  version        BIGINT NOT NULL,
  source         TEXT   NOT NULL, -- channel | file | own
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, shop_id, case_no)
);
CREATE INDEX aftersale_case_turn ON aftersale_case (merchant_id, state, turn_at, id);
CREATE INDEX aftersale_case_recent ON aftersale_case (merchant_id, modified_at, id);
CREATE INDEX aftersale_case_goods ON aftersale_case (merchant_id, goods, turn_at, id);
CREATE INDEX aftersale_case_order ON aftersale_case (merchant_id, order_no);
CREATE INDEX aftersale_case_no ON aftersale_case (merchant_id, case_no);
CREATE INDEX aftersale_case_waybill ON aftersale_case (merchant_id, return_waybill) WHERE return_waybill <> '';
CREATE INDEX aftersale_case_customer ON aftersale_case (merchant_id, customer_id, id) WHERE customer_id <> 0;
-- Parcels that came back (退货包裹).
CREATE TABLE aftersale_parcel (
  merchant_id    BIGINT NOT NULL,
  id             BIGINT NOT NULL,
  waybill_no     TEXT   NOT NULL, -- empty where nobody could read it
  carrier        TEXT   NOT NULL,
  warehouse_id   BIGINT NOT NULL,
  case_id        BIGINT NOT NULL, -- 0: ownerless
  state          TEXT   NOT NULL, -- unclaimed | arrived | inspected
  note           TEXT   NOT NULL,
  received_at    BIGINT NOT NULL,
  received_by    BIGINT NOT NULL,
  received_name  TEXT   NOT NULL,
  inspected_at   BIGINT NOT NULL,
  inspected_by   BIGINT NOT NULL,
  inspected_name TEXT   NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX aftersale_parcel_state ON aftersale_parcel (merchant_id, state, id);
CREATE INDEX aftersale_parcel_case ON aftersale_parcel (merchant_id, case_id, id);
CREATE UNIQUE INDEX aftersale_parcel_waybill ON aftersale_parcel (merchant_id, waybill_no, case_id) WHERE waybill_no <> '';
-- What was in it, by order line and piece.
CREATE TABLE aftersale_parcel_line (
  merchant_id BIGINT NOT NULL,
  parcel_id   BIGINT NOT NULL,
  line_id     BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL, -- 0: nobody mapped it, so no stock moved
  good        BIGINT NOT NULL,
  defective   BIGINT NOT NULL,
  missing     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, parcel_id, line_id),
  CHECK (good >= 0),
  CHECK (defective >= 0),
  CHECK (missing >= 0)
);

-- +goose Down
DROP TABLE aftersale_parcel_line;
DROP TABLE aftersale_parcel;
DROP TABLE aftersale_case;
