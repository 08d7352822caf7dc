-- +goose Up
-- Splits and merges: which fulfillment orders an edit replaced, and by which. The
-- replaced ones keep their rows, so that undoing restores exactly what was.
CREATE TABLE fulfillment_edit (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  kind        TEXT   NOT NULL, -- split | merge | unmerge
  made_by     BIGINT NOT NULL,
  made_at     BIGINT NOT NULL,
  undone_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, id)
);
CREATE TABLE fulfillment_edit_order (
  merchant_id BIGINT NOT NULL,
  edit_id     BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL,
  side        TEXT   NOT NULL, -- before | after
  PRIMARY KEY (merchant_id, edit_id, fulfillment_order_id)
) WITHOUT ROWID;
CREATE INDEX fulfillment_edit_order_of ON fulfillment_edit_order (merchant_id, fulfillment_order_id);
-- A new fulfillment order for the receiver of one that is sealed and has not left.
CREATE TABLE fulfillment_prompt (
  merchant_id BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL, -- the new one
  sealed_id   BIGINT NOT NULL, -- the one it could travel with
  raised_at   BIGINT NOT NULL,
  answer      TEXT   NOT NULL DEFAULT '', -- append | apart; '' while nobody answered
  answered_by BIGINT NOT NULL DEFAULT 0,
  answered_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, fulfillment_order_id)
);
CREATE INDEX fulfillment_prompt_open ON fulfillment_prompt (merchant_id, raised_at, fulfillment_order_id) WHERE answer = '';
-- How a merchant wants fulfillment done: one row of JSON each.
CREATE TABLE fulfillment_policy (
  merchant_id BIGINT NOT NULL,
  name        TEXT   NOT NULL, -- merge | allocate
  body        TEXT   NOT NULL, -- JSON
  updated_by  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, name)
);
-- Allocation rules, the first that fits decides.
CREATE TABLE fulfillment_rule (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  position    BIGINT NOT NULL,
  name        TEXT   NOT NULL,
  active      BIGINT NOT NULL DEFAULT 1,
  condition   TEXT   NOT NULL, -- JSON, see kit/rule
  action      TEXT   NOT NULL, -- JSON: warehouses, strategy, shortage, kind, carrier
  updated_by  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
-- What a warehouse serves: rank of the place's preference, road distance, cost.
CREATE TABLE fulfillment_area (
  merchant_id  BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  province     TEXT   NOT NULL, -- '' is everywhere else
  city         TEXT   NOT NULL DEFAULT '', -- '' is the rest of the province
  served       BIGINT NOT NULL DEFAULT 1,
  preference   BIGINT NOT NULL DEFAULT 0, -- the lower the better
  distance_km  BIGINT NOT NULL DEFAULT 0,
  first_fen    BIGINT NOT NULL DEFAULT 0, -- of a parcel's first kilogram
  next_fen     BIGINT NOT NULL DEFAULT 0, -- of every kilogram after it
  PRIMARY KEY (merchant_id, warehouse_id, province, city)
) WITHOUT ROWID;
-- A supplier ships from a warehouse of its own (代发).
CREATE TABLE fulfillment_dropship (
  merchant_id  BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  supplier_id  BIGINT NOT NULL,
  plain        BIGINT NOT NULL DEFAULT 0, -- the contract lets it see receivers
  PRIMARY KEY (merchant_id, warehouse_id)
) WITHOUT ROWID;
-- Why an order was allocated as it was: the last run's trace.
CREATE TABLE fulfillment_trace (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  outcome     TEXT   NOT NULL, -- allocated | part | waiting | refused
  trace       TEXT   NOT NULL, -- JSON
  made_at     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id)
) WITHOUT ROWID;
-- Orders that wait for goods, in the order in which arrivals are given out.
CREATE TABLE fulfillment_waiting (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  urgency     BIGINT NOT NULL,
  ship_by_at  BIGINT NOT NULL, -- the last instant there is where no deadline is known
  ask_buyer   BIGINT NOT NULL DEFAULT 0, -- the policy is to ask the buyer
  agreed      TEXT   NOT NULL DEFAULT '', -- wait | replace | refund
  agreed_note TEXT   NOT NULL DEFAULT '',
  agreed_by   BIGINT NOT NULL DEFAULT 0,
  agreed_at   BIGINT NOT NULL DEFAULT 0,
  promised_at BIGINT NOT NULL DEFAULT 0, -- when the buyer was told it ships, 0: no day was named
  replace_sku_id BIGINT NOT NULL DEFAULT 0, -- the other goods that were agreed on, 0: none yet
  since_at    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id)
) WITHOUT ROWID;
CREATE INDEX fulfillment_waiting_turn ON fulfillment_waiting (merchant_id, urgency DESC, ship_by_at, order_id);
-- Orders whose buyer urges (催发货), before and after they are allocated.
CREATE TABLE fulfillment_urge (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  urgency     BIGINT NOT NULL,
  note        TEXT   NOT NULL DEFAULT '',
  by_id       BIGINT NOT NULL, -- 0: the channel
  at          BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE fulfillment_urge;
DROP TABLE fulfillment_waiting;
DROP TABLE fulfillment_trace;
DROP TABLE fulfillment_dropship;
DROP TABLE fulfillment_area;
DROP TABLE fulfillment_rule;
DROP TABLE fulfillment_policy;
DROP TABLE fulfillment_prompt;
DROP TABLE fulfillment_edit_order;
DROP TABLE fulfillment_edit;
