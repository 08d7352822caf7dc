-- +goose Up
CREATE TABLE shop_shop (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  channel      TEXT   NOT NULL, -- connector code
  name         TEXT   NOT NULL,
  mode         TEXT   NOT NULL, -- file | api
  time_zone    TEXT   NOT NULL,
  live_from    BIGINT NOT NULL, -- orders placed earlier create facts only
  warehouse_id BIGINT NOT NULL, -- where stock is reserved first; 0: the merchant's default
  reserve_on   TEXT   NOT NULL, -- paid | placed
  auto_approve BIGINT NOT NULL DEFAULT 0, -- paid orders without holds need no person
  stale_after_hours BIGINT NOT NULL, -- shipping on older data asks for a fresh file
  data_at      BIGINT NOT NULL DEFAULT 0, -- export time of the newest data we hold
  active       BIGINT NOT NULL DEFAULT 1,
  position     BIGINT NOT NULL,
  created_at   BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, channel, name)
);

CREATE TABLE catalog_product (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  name        TEXT   NOT NULL,
  image_url   TEXT   NOT NULL DEFAULT '',
  active      BIGINT NOT NULL DEFAULT 1,
  created_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX catalog_product_name ON catalog_product (merchant_id, name, id);
CREATE TABLE catalog_sku (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  product_id  BIGINT NOT NULL,
  code        TEXT   NOT NULL, -- merchant's SKU code, as written
  name        TEXT   NOT NULL, -- product name and spec in one line
  spec        TEXT   NOT NULL,
  cost_fen    BIGINT,          -- NULL: unknown
  weight_gram BIGINT,
  volume_ml   BIGINT,          -- cubic centimetres, NULL: unknown
  classes     TEXT   NOT NULL DEFAULT '', -- what carriers ask of goods: fragile, liquid, battery …, comma list
  image_url   TEXT   NOT NULL DEFAULT '',
  is_bundle   BIGINT NOT NULL DEFAULT 0,
  active      BIGINT NOT NULL DEFAULT 1,
  created_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, code),
  CHECK (cost_fen IS NULL OR cost_fen >= 0)
);
CREATE INDEX catalog_sku_product ON catalog_sku (merchant_id, product_id, id);
CREATE TABLE catalog_barcode (
  merchant_id BIGINT NOT NULL,
  barcode     TEXT   NOT NULL,
  sku_id      BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, barcode)
) WITHOUT ROWID;
CREATE INDEX catalog_barcode_sku ON catalog_barcode (merchant_id, sku_id);
CREATE TABLE catalog_component (
  merchant_id BIGINT NOT NULL,
  bundle_sku_id BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL,
  quantity    BIGINT NOT NULL,
  share       BIGINT NOT NULL, -- weight of the bundle's value, relative to the others
  PRIMARY KEY (merchant_id, bundle_sku_id, sku_id),
  CHECK (quantity > 0 AND share >= 0 AND sku_id <> bundle_sku_id)
) WITHOUT ROWID;
CREATE INDEX catalog_component_sku ON catalog_component (merchant_id, sku_id);
-- What a shop sells, as its channel names it; sku_id 0 is the unmapped queue.
CREATE TABLE catalog_listing (
  merchant_id     BIGINT NOT NULL,
  id              BIGINT NOT NULL,
  shop_id         BIGINT NOT NULL,
  listing_key     TEXT   NOT NULL, -- channel SKU no., else merchant code and spec, else title and spec
  channel_item_no TEXT   NOT NULL,
  channel_sku_no  TEXT   NOT NULL,
  merchant_sku_code TEXT NOT NULL,
  title           TEXT   NOT NULL,
  spec            TEXT   NOT NULL,
  image_url       TEXT   NOT NULL DEFAULT '',
  sku_id          BIGINT NOT NULL DEFAULT 0,
  mapped_by       TEXT   NOT NULL DEFAULT '', -- code | hand | proposal
  created_at      BIGINT NOT NULL,
  version         BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, shop_id, listing_key)
);
CREATE INDEX catalog_listing_unmapped ON catalog_listing (merchant_id, id) WHERE sku_id = 0;
CREATE INDEX catalog_listing_sku ON catalog_listing (merchant_id, sku_id, id);
CREATE INDEX catalog_listing_code ON catalog_listing (merchant_id, merchant_sku_code, id);
-- Pairs of characters of a listing's title and spec: first rune * 2^21 + second.
CREATE TABLE catalog_word (
  merchant_id BIGINT NOT NULL,
  word        BIGINT NOT NULL,
  listing_id  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, word, listing_id)
) WITHOUT ROWID;

CREATE TABLE customer_customer (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL, -- a buyer's identity is per shop
  buyer_key   TEXT   NOT NULL, -- the channel's buyer id, else the nickname
  nick        TEXT   NOT NULL,
  first_order_at BIGINT NOT NULL,
  last_order_at  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, shop_id, buyer_key)
);

CREATE TABLE inventory_warehouse (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  code        TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  province    TEXT   NOT NULL DEFAULT '',
  city        TEXT   NOT NULL DEFAULT '',
  is_default  BIGINT NOT NULL DEFAULT 0,
  active      BIGINT NOT NULL DEFAULT 1,
  created_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, code)
);
CREATE UNIQUE INDEX inventory_warehouse_default ON inventory_warehouse (merchant_id) WHERE is_default = 1;
-- available = on_hand - reserved; it may fall to -backorder where the merchant allows that.
CREATE TABLE inventory_balance (
  merchant_id  BIGINT NOT NULL,
  sku_id       BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  condition    TEXT   NOT NULL, -- good | defective
  on_hand      BIGINT NOT NULL,
  reserved     BIGINT NOT NULL,
  backorder    BIGINT NOT NULL DEFAULT 0,
  safety       BIGINT NOT NULL DEFAULT 0,
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, sku_id, warehouse_id, condition),
  CHECK (on_hand >= 0),
  CHECK (reserved >= 0),
  CHECK (backorder >= 0),
  CHECK (on_hand - reserved + backorder >= 0)
);
CREATE INDEX inventory_balance_warehouse ON inventory_balance (merchant_id, warehouse_id, sku_id);
CREATE TABLE inventory_reservation (
  merchant_id  BIGINT NOT NULL,
  order_id     BIGINT NOT NULL,
  line_id      BIGINT NOT NULL,
  sku_id       BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  quantity     BIGINT NOT NULL, -- still reserved; the row goes when nothing is
  created_at   BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id, line_id, sku_id, warehouse_id),
  CHECK (quantity > 0)
) WITHOUT ROWID;
CREATE INDEX inventory_reservation_sku ON inventory_reservation (merchant_id, sku_id, order_id);
CREATE TABLE inventory_movement (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  sku_id       BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  condition    TEXT   NOT NULL,
  kind         TEXT   NOT NULL, -- opening | adjust | receive | reserve | release | deduct | return
  on_hand_change  BIGINT NOT NULL,
  reserved_change BIGINT NOT NULL,
  order_id     BIGINT NOT NULL DEFAULT 0,
  line_id      BIGINT NOT NULL DEFAULT 0,
  ref          TEXT   NOT NULL DEFAULT '', -- parcel/…, job/…, note
  actor_id     BIGINT NOT NULL,
  actor_name   TEXT   NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
) WITHOUT ROWID;
CREATE INDEX inventory_movement_sku ON inventory_movement (merchant_id, sku_id, id);
CREATE INDEX inventory_movement_order ON inventory_movement (merchant_id, order_id, id) WHERE order_id <> 0;

-- +goose Down
DROP TABLE inventory_movement;
DROP TABLE inventory_reservation;
DROP TABLE inventory_balance;
DROP TABLE inventory_warehouse;
DROP TABLE customer_customer;
DROP TABLE catalog_word;
DROP TABLE catalog_listing;
DROP TABLE catalog_component;
DROP TABLE catalog_barcode;
DROP TABLE catalog_sku;
DROP TABLE catalog_product;
DROP TABLE shop_shop;
