-- +goose Up
-- What one warehouse ships to one receiver (发货单).
CREATE TABLE fulfillment_order (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  shop_id      BIGINT NOT NULL, -- of its first order
  warehouse_id BIGINT NOT NULL,
  supplier_id  BIGINT NOT NULL DEFAULT 0, -- who ships it for us; 0: we do
  kind         TEXT   NOT NULL DEFAULT 'express', -- express | virtual | self_pickup | same_city
  state        TEXT   NOT NULL, -- open | shipped | cancelled | replaced (by an edit)
  carrier      TEXT   NOT NULL DEFAULT '', -- it left with
  carrier_wish TEXT   NOT NULL DEFAULT '', -- it is to leave with
  receiver_group BIGINT NOT NULL DEFAULT 0, -- keyed token of who receives it; 0: may not be merged
  order_count  BIGINT NOT NULL DEFAULT 1,
  urgency      BIGINT NOT NULL DEFAULT 0, -- 0 normal, 10 the buyer urges, 20 a person says so
  ship_by_at   BIGINT NOT NULL DEFAULT 0, -- the earliest of its orders', 0 where none is known
  presale_at   BIGINT NOT NULL DEFAULT 0, -- promised for later: must not leave before
  sealed       TEXT   NOT NULL DEFAULT '', -- why its content stands: wave | print | hand; '' where it does not
  hold         TEXT   NOT NULL DEFAULT '', -- merged_order_changed | carrier_suspended
  content      BIGINT NOT NULL DEFAULT 0, -- print of what its orders say
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  version      BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX fulfillment_order_open ON fulfillment_order (merchant_id, warehouse_id, id) WHERE state = 'open';
CREATE INDEX fulfillment_order_group ON fulfillment_order (merchant_id, receiver_group, id) WHERE state = 'open' AND receiver_group <> 0;
-- Links order lines to fulfillment orders; split and merge change links only.
CREATE TABLE fulfillment_allocation (
  merchant_id  BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL,
  line_id      BIGINT NOT NULL,
  order_id     BIGINT NOT NULL,
  quantity     BIGINT NOT NULL,
  shipped      BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, fulfillment_order_id, line_id),
  CHECK (quantity >= 0 AND shipped >= 0 AND shipped <= quantity)
);
CREATE INDEX fulfillment_allocation_order ON fulfillment_allocation (merchant_id, order_id);
CREATE TABLE fulfillment_parcel (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL, -- 0: shipped elsewhere
  order_id     BIGINT NOT NULL,
  shop_id      BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  carrier      TEXT   NOT NULL, -- carrier code
  carrier_name TEXT   NOT NULL, -- as the file wrote it, or the carrier's name
  waybill_no   TEXT   NOT NULL,
  waybill_version BIGINT NOT NULL DEFAULT 1,
  kind         TEXT   NOT NULL, -- express | virtual | elsewhere
  shipped_at   BIGINT NOT NULL,
  shipped_by   BIGINT NOT NULL,
  reported_at  BIGINT NOT NULL DEFAULT 0, -- when it went back to the channel (file downloaded, or pushed)
  cancelled_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX fulfillment_parcel_order ON fulfillment_parcel (merchant_id, order_id);
CREATE INDEX fulfillment_parcel_waybill ON fulfillment_parcel (merchant_id, waybill_no, order_id);
CREATE INDEX fulfillment_parcel_shop ON fulfillment_parcel (merchant_id, shop_id, id);
CREATE INDEX fulfillment_parcel_unreported ON fulfillment_parcel (merchant_id, shop_id, id) WHERE reported_at = 0;
CREATE TABLE fulfillment_parcel_line (
  merchant_id BIGINT NOT NULL,
  parcel_id   BIGINT NOT NULL,
  line_id     BIGINT NOT NULL,
  quantity    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, parcel_id, line_id),
  CHECK (quantity > 0)
) WITHOUT ROWID;
-- Which order took a waybill number first: two shipments at the same moment meet here.
CREATE TABLE fulfillment_waybill (
  merchant_id BIGINT NOT NULL,
  waybill_no  TEXT   NOT NULL,
  order_id    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, waybill_no)
) WITHOUT ROWID;
-- A tracking file uploaded for bulk shipping, with its column mapping.
CREATE TABLE fulfillment_ship_file (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  file_id     BIGINT NOT NULL,
  name        TEXT   NOT NULL, -- as uploaded
  layout      TEXT   NOT NULL, -- JSON: sheet, header record, column names
  mapping     TEXT   NOT NULL, -- JSON: field → column
  state       TEXT   NOT NULL, -- uploaded | checked | running
  job_id      BIGINT NOT NULL DEFAULT 0,
  created_by  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);

-- Dropped files on their way in: detect, preview, run.
CREATE TABLE channel_import (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  state       TEXT   NOT NULL, -- detected | previewed | running | done | failed
  shop_id     BIGINT NOT NULL DEFAULT 0,
  channel     TEXT   NOT NULL DEFAULT '',
  kind        TEXT   NOT NULL DEFAULT '',
  detection   TEXT   NOT NULL, -- JSON
  mapping     TEXT   NOT NULL DEFAULT '', -- JSON, generic files
  options     TEXT   NOT NULL DEFAULT '', -- JSON: confirmed numbers under another shop
  exported_at BIGINT NOT NULL DEFAULT 0,
  counts      TEXT   NOT NULL DEFAULT '', -- JSON
  job_id      BIGINT NOT NULL DEFAULT 0,
  created_by  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE TABLE channel_import_file (
  merchant_id BIGINT NOT NULL,
  import_id   BIGINT NOT NULL,
  position    BIGINT NOT NULL,
  file_id     BIGINT NOT NULL,
  inbox_id    BIGINT NOT NULL DEFAULT 0, -- its raw row, once the import runs
  PRIMARY KEY (merchant_id, import_id, position)
);
-- Status words a user mapped once.
CREATE TABLE channel_status_word (
  merchant_id BIGINT NOT NULL,
  channel     TEXT   NOT NULL,
  word        TEXT   NOT NULL,
  status      TEXT   NOT NULL,
  created_by  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, channel, word)
);
-- Saved column mappings of generic files, found again by their headers.
CREATE TABLE channel_mapping (
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  header_hash TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  mapping     TEXT   NOT NULL, -- JSON
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id, header_hash)
);
-- The platform's empty batch-ship file, remembered per shop.
CREATE TABLE channel_ship_template (
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  file_id     BIGINT NOT NULL,
  file_name   TEXT   NOT NULL,
  shape       TEXT   NOT NULL, -- JSON
  updated_by  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id)
);

-- +goose Down
DROP TABLE channel_ship_template;
DROP TABLE channel_mapping;
DROP TABLE channel_status_word;
DROP TABLE channel_import_file;
DROP TABLE channel_import;
DROP TABLE fulfillment_ship_file;
DROP TABLE fulfillment_waybill;
DROP TABLE fulfillment_parcel_line;
DROP TABLE fulfillment_parcel;
DROP TABLE fulfillment_allocation;
DROP TABLE fulfillment_order;
