-- +goose Up
-- Who supplies goods, and ships some of them for us (供应商).
CREATE TABLE purchase_supplier (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  name        TEXT   NOT NULL,
  contact     BLOB,            -- sealed: person, phone, address
  contract    TEXT   NOT NULL, -- what it may see of receivers: masked | number_only | full
  cutoff_minute BIGINT NOT NULL DEFAULT -1, -- of the day, until which it ships the same day; -1: none
  lead_days   BIGINT NOT NULL DEFAULT 0, -- from an order to goods
  note        TEXT   NOT NULL DEFAULT '',
  active      BIGINT NOT NULL DEFAULT 1,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, name)
);
-- What a supplier supplies, and at what cost.
CREATE TABLE purchase_supply (
  merchant_id BIGINT NOT NULL,
  supplier_id BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL,
  code        TEXT   NOT NULL DEFAULT '', -- the supplier's own
  cost_fen    BIGINT NOT NULL DEFAULT -1, -- -1: not known
  PRIMARY KEY (merchant_id, supplier_id, sku_id),
  CHECK (cost_fen >= -1)
) WITHOUT ROWID;
CREATE INDEX purchase_supply_sku ON purchase_supply (merchant_id, sku_id, supplier_id);
-- Doors through which a supplier sees the orders it ships: the token stands nowhere.
CREATE TABLE purchase_portal (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  supplier_id BIGINT NOT NULL,
  digest      BLOB   NOT NULL, -- SHA-256 of the token
  made_by     BIGINT NOT NULL,
  made_at     BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  revoked_at  BIGINT NOT NULL DEFAULT 0,
  used_at     BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX purchase_portal_supplier ON purchase_portal (merchant_id, supplier_id, id);
-- Fulfillment orders given to the supplier that ships them (代发).
CREATE TABLE fulfillment_dropship_batch (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  supplier_id BIGINT NOT NULL,
  orders      BIGINT NOT NULL,
  contract    TEXT   NOT NULL, -- as it was when it was sent
  sent_by     BIGINT NOT NULL,
  sent_at     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE TABLE fulfillment_dropship_order (
  merchant_id BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL,
  supplier_id BIGINT NOT NULL,
  batch_id    BIGINT NOT NULL,
  version     BIGINT NOT NULL, -- of the fulfillment order's content that was sent
  state       TEXT   NOT NULL, -- sent | accepted | refused | shipped | withdrawn
  reason      TEXT   NOT NULL DEFAULT '', -- why it was refused
  carrier     TEXT   NOT NULL DEFAULT '',
  waybill_no  TEXT   NOT NULL DEFAULT '',
  sent_at     BIGINT NOT NULL,
  answered_at BIGINT NOT NULL DEFAULT 0,
  shipped_at  BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, fulfillment_order_id)
);
CREATE INDEX fulfillment_dropship_order_state ON fulfillment_dropship_order (merchant_id, supplier_id, state, fulfillment_order_id);
-- Suppliers that said no to an order: allocation asks none of them again.
CREATE TABLE fulfillment_dropship_refusal (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  supplier_id BIGINT NOT NULL,
  reason      TEXT   NOT NULL,
  refused_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id, supplier_id)
) WITHOUT ROWID;
-- The second of two legs: from the transit warehouse to the buyer (集运、中转).
CREATE TABLE fulfillment_leg (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  carrier     TEXT   NOT NULL,
  waybill_no  TEXT   NOT NULL,
  told_by     BIGINT NOT NULL,
  told_at     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE fulfillment_leg;
DROP TABLE fulfillment_dropship_refusal;
DROP TABLE fulfillment_dropship_order;
DROP TABLE fulfillment_dropship_batch;
DROP TABLE purchase_portal;
DROP TABLE purchase_supply;
DROP TABLE purchase_supplier;
