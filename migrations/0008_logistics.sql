-- +goose Up
-- With whom a merchant has a contract for waybills (月结账号): a carrier spoken to
-- directly, a channel's own waybills at a carrier's branch, or numbers on paper.
CREATE TABLE logistics_account (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  kind         TEXT   NOT NULL, -- carrier | channel | numbers
  carrier      TEXT   NOT NULL, -- our code of the carrier
  name         TEXT   NOT NULL,
  branch       TEXT   NOT NULL DEFAULT '',
  branch_name  TEXT   NOT NULL DEFAULT '',
  shop_id      BIGINT NOT NULL DEFAULT 0, -- whose authorisation issues, for kind channel
  base_url     TEXT   NOT NULL DEFAULT '', -- '': the carrier's own
  credentials  BLOB,            -- sealed
  sender       BLOB,            -- sealed: name, phone and address parcels are sent from
  product      TEXT   NOT NULL DEFAULT '', -- the service asked for where nobody says
  template     TEXT   NOT NULL DEFAULT '',
  enabled      BIGINT NOT NULL DEFAULT 1,
  state        TEXT   NOT NULL DEFAULT 'untested', -- untested | ok | refused
  error_code   TEXT   NOT NULL DEFAULT '',
  error_params TEXT   NOT NULL DEFAULT '',
  balance      BIGINT NOT NULL DEFAULT -1, -- waybills left, -1: not known or not counted
  balance_at   BIGINT NOT NULL DEFAULT 0,
  low_at       BIGINT NOT NULL DEFAULT 0, -- warn at this many or fewer; 0: never
  alarmed      BIGINT NOT NULL DEFAULT 0,
  banned_until BIGINT NOT NULL DEFAULT 0, -- nothing is asked before
  trouble      BIGINT NOT NULL DEFAULT 0, -- attempts in a row without any answer
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
-- Which shops and warehouses an account serves; none of a kind means all of them.
CREATE TABLE logistics_account_use (
  merchant_id BIGINT NOT NULL,
  account_id  BIGINT NOT NULL,
  kind        TEXT   NOT NULL, -- shop | warehouse
  object_id   BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, account_id, kind, object_id)
);
-- What carriers charge: area × weight, first and continued (首重续重).
CREATE TABLE logistics_price (
  merchant_id    BIGINT NOT NULL,
  id             BIGINT NOT NULL,
  account_id     BIGINT NOT NULL,
  product        TEXT   NOT NULL DEFAULT '', -- '': all of the account's
  warehouse_id   BIGINT NOT NULL DEFAULT 0,  -- 0: from all
  province       TEXT   NOT NULL DEFAULT '', -- '': everywhere
  city           TEXT   NOT NULL DEFAULT '',
  district       TEXT   NOT NULL DEFAULT '',
  first_gram     BIGINT NOT NULL,
  first_fen      BIGINT NOT NULL,
  step_gram      BIGINT NOT NULL,
  step_fen       BIGINT NOT NULL,
  volume_divisor BIGINT NOT NULL DEFAULT 0,  -- cubic centimetres a kilogram; 0: volume does not count
  updated_at     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, account_id, product, warehouse_id, province, city, district),
  CHECK (first_gram > 0 AND first_fen >= 0 AND step_gram > 0 AND step_fen >= 0 AND volume_divisor >= 0)
);
-- Where an account does not deliver: for good (超区) or between two instants (停发).
CREATE TABLE logistics_suspension (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  account_id  BIGINT NOT NULL DEFAULT 0, -- 0: all accounts of the carrier
  carrier     TEXT   NOT NULL DEFAULT '', -- '': all carriers
  province    TEXT   NOT NULL DEFAULT '',
  city        TEXT   NOT NULL DEFAULT '',
  district    TEXT   NOT NULL DEFAULT '',
  starts_at   BIGINT NOT NULL DEFAULT 0,
  ends_at     BIGINT NOT NULL DEFAULT 0, -- 0: until taken back
  reason      TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  actor_id    BIGINT NOT NULL,
  actor_name  TEXT   NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
-- Which account an order's parcel takes (快递选择).
CREATE TABLE logistics_choice_rule (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  position    BIGINT NOT NULL,
  name        TEXT   NOT NULL,
  condition   TEXT   NOT NULL,
  effect      TEXT   NOT NULL, -- prefer | require | exclude
  accounts    TEXT   NOT NULL, -- JSON list of account ids, the best first
  product     TEXT   NOT NULL DEFAULT '',
  enabled     BIGINT NOT NULL DEFAULT 1,
  updated_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
-- One row per fulfillment order, piece and attempt to have a number for it.
CREATE TABLE logistics_waybill (
  merchant_id    BIGINT NOT NULL,
  id             BIGINT NOT NULL,
  fulfillment_id BIGINT NOT NULL,
  piece          BIGINT NOT NULL, -- from 1
  pieces         BIGINT NOT NULL,
  parent_id      BIGINT NOT NULL DEFAULT 0, -- the first piece's row, where its number leads the others
  version        BIGINT NOT NULL, -- the fulfillment order's content this was asked for
  account_id     BIGINT NOT NULL,
  carrier        TEXT   NOT NULL,
  product        TEXT   NOT NULL DEFAULT '',
  shop_id        BIGINT NOT NULL DEFAULT 0, -- who uses it up
  issue_key      TEXT   NOT NULL,
  state          TEXT   NOT NULL, -- wanted | asking | uncertain | issued | failed | cancelling | cancelled
  live           BIGINT NOT NULL DEFAULT 1, -- 0: no longer wanted, whatever comes of it
  no             TEXT   NOT NULL DEFAULT '',
  sort_code      TEXT   NOT NULL DEFAULT '',
  mark           TEXT   NOT NULL DEFAULT '',
  bag            TEXT   NOT NULL DEFAULT '',
  ref            TEXT   NOT NULL DEFAULT '', -- what else its issuer knows it by
  template       TEXT   NOT NULL DEFAULT '',
  print          BLOB,            -- sealed: print data, template, routing code
  attempts       BIGINT NOT NULL DEFAULT 0,
  error_code     TEXT   NOT NULL DEFAULT '',
  error_params   TEXT   NOT NULL DEFAULT '',
  next_at        BIGINT NOT NULL,
  created_at     BIGINT NOT NULL,
  issued_at      BIGINT NOT NULL DEFAULT 0,
  ended_at       BIGINT NOT NULL DEFAULT 0,
  actor_id       BIGINT NOT NULL,
  actor_name     TEXT   NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, issue_key)
);
-- A piece never has two waybills that count.
CREATE UNIQUE INDEX logistics_waybill_live ON logistics_waybill (merchant_id, fulfillment_id, piece) WHERE live = 1;
CREATE INDEX logistics_waybill_open ON logistics_waybill (merchant_id, account_id, next_at, id) WHERE state IN ('wanted', 'asking', 'uncertain', 'cancelling');
CREATE INDEX logistics_waybill_of ON logistics_waybill (merchant_id, fulfillment_id, id);
CREATE INDEX logistics_waybill_state ON logistics_waybill (merchant_id, state, id);
-- A scanner tells a number and not whose it is.
CREATE INDEX logistics_waybill_number ON logistics_waybill (merchant_id, no) WHERE no <> '';
-- No number stands twice, whoever issued it; one given back may come again.
CREATE UNIQUE INDEX logistics_waybill_no ON logistics_waybill (merchant_id, carrier, no) WHERE state = 'issued';
-- Numbers at hand (号段): bought on paper or fetched in advance, each used once.
CREATE TABLE logistics_number (
  merchant_id BIGINT NOT NULL,
  account_id  BIGINT NOT NULL,
  no          TEXT   NOT NULL,
  waybill_id  BIGINT NOT NULL DEFAULT 0, -- 0: free
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, account_id, no)
);
CREATE INDEX logistics_number_free ON logistics_number (merchant_id, account_id, no) WHERE waybill_id = 0;
CREATE INDEX logistics_number_taken ON logistics_number (merchant_id, account_id, waybill_id) WHERE waybill_id <> 0;
-- How many waybills each shop used of an account, by day of China time.
CREATE TABLE logistics_waybill_use (
  merchant_id BIGINT NOT NULL,
  account_id  BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  on_day      BIGINT NOT NULL, -- 20261122
  issued      BIGINT NOT NULL,
  cancelled   BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, account_id, on_day, shop_id)
);

-- What carriers said of the areas parcels go to (可达性).
CREATE TABLE logistics_reach (
  merchant_id BIGINT NOT NULL,
  account_id  BIGINT NOT NULL,
  province    TEXT   NOT NULL,
  city        TEXT   NOT NULL,
  district    TEXT   NOT NULL,
  reached     BIGINT NOT NULL,
  reason      TEXT   NOT NULL DEFAULT '',
  asked_at    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, account_id, province, city, district)
);

-- What carriers said a parcel costs (实时报价), by weight in steps of 500 g; -1: no price.
CREATE TABLE logistics_quote (
  merchant_id BIGINT NOT NULL,
  account_id  BIGINT NOT NULL,
  province    TEXT   NOT NULL,
  city        TEXT   NOT NULL,
  district    TEXT   NOT NULL,
  gram        BIGINT NOT NULL,
  product     TEXT   NOT NULL,
  fee_fen     BIGINT NOT NULL,
  asked_at    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, account_id, province, city, district, gram, product)
);

-- +goose Down
DROP TABLE logistics_quote;
DROP TABLE logistics_reach;
DROP TABLE logistics_waybill_use;
DROP TABLE logistics_number;
DROP TABLE logistics_waybill;
DROP TABLE logistics_choice_rule;
DROP TABLE logistics_suspension;
DROP TABLE logistics_price;
DROP TABLE logistics_account_use;
DROP TABLE logistics_account;
