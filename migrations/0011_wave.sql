-- +goose Up
-- Where a SKU lies in a warehouse (库位).
CREATE TABLE inventory_location (
  merchant_id  BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  sku_id       BIGINT NOT NULL,
  code         TEXT   NOT NULL,
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, warehouse_id, sku_id)
) WITHOUT ROWID;
-- Waves: fulfillment orders that are picked together (波次).
CREATE TABLE packing_wave (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  code         TEXT   NOT NULL, -- as printed and scanned: W, the day, a number
  warehouse_id BIGINT NOT NULL,
  content      TEXT   NOT NULL, -- any | single | same | multi
  mode         TEXT   NOT NULL, -- while_picking | after
  state        TEXT   NOT NULL, -- made | picking | picked | closed | cancelled
  choice       TEXT   NOT NULL, -- JSON: by what its orders were chosen
  orders       BIGINT NOT NULL,
  pieces       BIGINT NOT NULL,
  cut_off_at   BIGINT NOT NULL, -- the first courier that collects some of it; the largest number where none is known
  urgency      BIGINT NOT NULL, -- of its most urgent order
  ship_by_at   BIGINT NOT NULL, -- the first promise; the largest number where there is none
  made_by      BIGINT NOT NULL,
  made_by_name TEXT   NOT NULL,
  made_at      BIGINT NOT NULL,
  ended_at     BIGINT NOT NULL DEFAULT 0,
  version      BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, code)
);
CREATE INDEX packing_wave_live ON packing_wave (merchant_id, id) WHERE ended_at = 0;
-- When couriers collect (截单): a minute of the day in China.
CREATE TABLE packing_wave_cutoff (
  merchant_id  BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL, -- 0 is every warehouse
  carrier      TEXT   NOT NULL, -- '' is every carrier
  minute       BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, warehouse_id, carrier, minute)
) WITHOUT ROWID;
CREATE TABLE packing_wave_day (
  merchant_id BIGINT NOT NULL,
  day         BIGINT NOT NULL, -- yymmdd in China
  last        BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, day)
) WITHOUT ROWID;
CREATE TABLE packing_wave_order (
  merchant_id BIGINT NOT NULL,
  wave_id     BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL,
  position    BIGINT NOT NULL, -- of its basket (播种格), from 1
  version     BIGINT NOT NULL, -- of the fulfillment order's content that is picked
  out_reason  TEXT   NOT NULL DEFAULT '', -- why it left: removed | dropped | short | cancelled; '' while it is in
  live        BIGINT NOT NULL, -- 1 while it is in and the wave has not ended
  PRIMARY KEY (merchant_id, wave_id, fulfillment_order_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX packing_wave_order_live ON packing_wave_order (merchant_id, fulfillment_order_id) WHERE live = 1;
CREATE INDEX packing_wave_order_of ON packing_wave_order (merchant_id, fulfillment_order_id, wave_id);
-- Baskets that went on to be packed, until they ship: what was told to their order lines.
CREATE TABLE packing_wave_told (
  merchant_id BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL,
  line_id     BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  wave_id     BIGINT NOT NULL,
  quantity    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, fulfillment_order_id, line_id)
) WITHOUT ROWID;
-- Shelves that held less than the books say, until somebody has decided.
CREATE TABLE packing_wave_count (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  wave_id      BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  sku_id       BIGINT NOT NULL,
  counted      BIGINT NOT NULL, -- on the shelf
  in_baskets   BIGINT NOT NULL, -- picked and not shipped
  on_hand      BIGINT NOT NULL, -- as the books had it
  state        TEXT   NOT NULL, -- open | applied | dismissed
  by_id        BIGINT NOT NULL,
  by_name      TEXT   NOT NULL,
  at           BIGINT NOT NULL,
  decided_by   BIGINT NOT NULL DEFAULT 0,
  decided_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX packing_wave_count_open ON packing_wave_count (merchant_id, wave_id, sku_id) WHERE state = 'open';
CREATE INDEX packing_wave_count_wave ON packing_wave_count (merchant_id, wave_id, id);
-- What is picked for a basket.
CREATE TABLE packing_wave_item (
  merchant_id BIGINT NOT NULL,
  wave_id     BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL,
  wanted      BIGINT NOT NULL,
  picked      BIGINT NOT NULL DEFAULT 0,
  short       BIGINT NOT NULL DEFAULT 0, -- was not on the shelf
  PRIMARY KEY (merchant_id, wave_id, fulfillment_order_id, sku_id),
  CHECK (wanted >= 0 AND picked >= 0 AND short >= 0)
) WITHOUT ROWID;
-- Stops of the pick list: a SKU at its location, and who is to fetch it.
CREATE TABLE packing_wave_stop (
  merchant_id BIGINT NOT NULL,
  wave_id     BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL,
  location    TEXT   NOT NULL, -- '' where none is known
  picker_id   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, wave_id, sku_id)
) WITHOUT ROWID;
-- Who picked what, one row a hand.
CREATE TABLE packing_wave_pick (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  wave_id     BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL,
  quantity    BIGINT NOT NULL, -- negative: put back
  short       BIGINT NOT NULL, -- missing on the shelf
  by_id       BIGINT NOT NULL,
  by_name     TEXT   NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX packing_wave_pick_wave ON packing_wave_pick (merchant_id, wave_id, id);

-- +goose Down
DROP TABLE packing_wave_pick;
DROP TABLE packing_wave_stop;
DROP TABLE packing_wave_told;
DROP TABLE packing_wave_count;
DROP TABLE packing_wave_item;
DROP TABLE packing_wave_order;
DROP TABLE packing_wave_day;
DROP TABLE packing_wave_cutoff;
DROP TABLE packing_wave;
DROP TABLE inventory_location;
