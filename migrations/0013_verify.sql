-- +goose Up
-- A fulfillment order open at a bench (复核台): while it is open nobody else has it.
CREATE TABLE packing_verify_session (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL,
  version      BIGINT NOT NULL, -- the content its papers were made for
  warehouse_id BIGINT NOT NULL,
  kind         TEXT   NOT NULL, -- of the fulfillment order
  bench        TEXT   NOT NULL,
  by_id        BIGINT NOT NULL,
  by_name      TEXT   NOT NULL,
  state        TEXT   NOT NULL, -- open | verified | shipped | held | abandoned | expired | replaced
  waybill_id   BIGINT NOT NULL DEFAULT 0, -- 0: its number was not issued here
  carrier      TEXT   NOT NULL DEFAULT '',
  waybill_no   TEXT   NOT NULL DEFAULT '',
  need         BIGINT NOT NULL, -- pieces
  done         BIGINT NOT NULL DEFAULT 0,
  serial_line  BIGINT NOT NULL DEFAULT 0, -- the piece whose serial number comes next
  serial_sku   BIGINT NOT NULL DEFAULT 0,
  must_weigh   BIGINT NOT NULL DEFAULT 0,
  expected_gram BIGINT NOT NULL DEFAULT 0, -- 0: not known
  gram         BIGINT NOT NULL DEFAULT 0, -- as weighed, 0 while it was not
  forced       BIGINT NOT NULL DEFAULT 0, -- pieces a supervisor passed unscanned
  reason       TEXT   NOT NULL DEFAULT '', -- why forced, held or abandoned
  video_url    TEXT   NOT NULL DEFAULT '',
  opened_at    BIGINT NOT NULL,
  touched_at   BIGINT NOT NULL,
  ended_at     BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, id),
  CHECK (need >= 0 AND done >= 0 AND done <= need)
);
-- One bench has a fulfillment order, and one fulfillment order a bench.
CREATE UNIQUE INDEX packing_verify_session_order ON packing_verify_session (merchant_id, fulfillment_order_id) WHERE state = 'open';
CREATE UNIQUE INDEX packing_verify_session_bench ON packing_verify_session (merchant_id, bench) WHERE state = 'open';
CREATE INDEX packing_verify_session_of ON packing_verify_session (merchant_id, fulfillment_order_id, id);
CREATE INDEX packing_verify_session_weigh ON packing_verify_session (merchant_id, touched_at, id) WHERE state IN ('open', 'verified');
-- What has to be in the parcel: a bundle as its parts.
CREATE TABLE packing_verify_item (
  merchant_id BIGINT NOT NULL,
  session_id  BIGINT NOT NULL,
  line_id     BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL, -- 0: the line has no SKU, its code is scanned
  order_id    BIGINT NOT NULL,
  bundle_id   BIGINT NOT NULL DEFAULT 0, -- the bundle it is part of
  per_bundle  BIGINT NOT NULL DEFAULT 1,
  code        TEXT   NOT NULL,
  name        TEXT   NOT NULL,
  image_url   TEXT   NOT NULL DEFAULT '',
  serial      TEXT   NOT NULL DEFAULT '', -- the number each piece shows: serial | imei
  need        BIGINT NOT NULL,
  done        BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, session_id, line_id, sku_id),
  CHECK (need > 0 AND done >= 0 AND done <= need)
) WITHOUT ROWID;
-- Every scan, whatever became of it.
CREATE TABLE packing_verify_scan (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  session_id  BIGINT NOT NULL DEFAULT 0,
  fulfillment_order_id BIGINT NOT NULL DEFAULT 0,
  bench       TEXT   NOT NULL,
  by_id       BIGINT NOT NULL,
  code        TEXT   NOT NULL,
  verdict     TEXT   NOT NULL,
  refusal     TEXT   NOT NULL DEFAULT '', -- error code where it was refused
  sku_id      BIGINT NOT NULL DEFAULT 0,
  pieces      BIGINT NOT NULL DEFAULT 0, -- counted
  at          BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX packing_verify_scan_at ON packing_verify_scan (merchant_id, at, id);
CREATE INDEX packing_verify_scan_of ON packing_verify_scan (merchant_id, fulfillment_order_id, id);
-- The numbers of the very pieces that left (唯一码, 序列号, IMEI).
CREATE TABLE packing_verify_serial (
  merchant_id BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL,
  no          TEXT   NOT NULL,
  session_id  BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  line_id     BIGINT NOT NULL,
  at          BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, sku_id, no)
) WITHOUT ROWID;
CREATE INDEX packing_verify_serial_session ON packing_verify_serial (merchant_id, session_id);
CREATE INDEX packing_verify_serial_line ON packing_verify_serial (merchant_id, order_id, line_id);
-- SKUs whose pieces are known one by one.
CREATE TABLE packing_verify_sku (
  merchant_id BIGINT NOT NULL,
  sku_id      BIGINT NOT NULL,
  serial      TEXT   NOT NULL, -- serial | imei
  PRIMARY KEY (merchant_id, sku_id)
) WITHOUT ROWID;
CREATE TABLE packing_verify_policy (
  merchant_id BIGINT NOT NULL,
  must_weigh  BIGINT NOT NULL,
  box_gram    BIGINT NOT NULL, -- what the packing weighs
  off_gram    BIGINT NOT NULL, -- how far off a weight may be, whichever is more
  off_percent BIGINT NOT NULL,
  here_days   BIGINT NOT NULL, -- for how long what shipped waits for its handover scan before it counts as gone
  no_handover TEXT   NOT NULL, -- JSON: the warehouses whose couriers' parcels nobody scans
  updated_by  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id)
);
-- Parcels on their way through the house that must not leave (拦截清单).
CREATE TABLE packing_verify_hit (
  merchant_id BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  refusal     TEXT   NOT NULL, -- error code
  params      TEXT   NOT NULL, -- JSON
  raised_at   BIGINT NOT NULL,
  blocked_at  BIGINT NOT NULL DEFAULT 0, -- the last scan that was stopped
  bench       TEXT   NOT NULL DEFAULT '',
  blocks      BIGINT NOT NULL DEFAULT 0,
  ended_at    BIGINT NOT NULL DEFAULT 0,
  ended_by    BIGINT NOT NULL DEFAULT 0,
  ended       TEXT   NOT NULL DEFAULT '', -- free: it may go on | pulled: a person has the parcel
  PRIMARY KEY (merchant_id, fulfillment_order_id)
);
CREATE INDEX packing_verify_hit_open ON packing_verify_hit (merchant_id, raised_at, fulfillment_order_id) WHERE ended_at = 0;
-- What left the books and not yet the house: one row per number and order in it.
CREATE TABLE packing_verify_outgoing (
  merchant_id BIGINT NOT NULL,
  waybill_no  TEXT   NOT NULL,
  order_id    BIGINT NOT NULL,
  carrier     TEXT   NOT NULL,
  parcel_id   BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  shipped_at  BIGINT NOT NULL,
  handover_id BIGINT NOT NULL DEFAULT 0, -- 0: still here
  handed_at   BIGINT NOT NULL DEFAULT 0,
  handed_by   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, waybill_no, order_id)
);
CREATE INDEX packing_verify_outgoing_here ON packing_verify_outgoing (merchant_id, shipped_at, waybill_no, order_id) WHERE handover_id = 0;
CREATE INDEX packing_verify_outgoing_in ON packing_verify_outgoing (merchant_id, handover_id, handed_at, waybill_no) WHERE handover_id <> 0;
-- A courier takes parcels of one carrier (交接单).
CREATE TABLE packing_verify_handover (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  carrier      TEXT   NOT NULL,
  warehouse_id BIGINT NOT NULL,
  state        TEXT   NOT NULL, -- open | closed
  parcels      BIGINT NOT NULL DEFAULT 0,
  by_id        BIGINT NOT NULL,
  by_name      TEXT   NOT NULL,
  opened_at    BIGINT NOT NULL,
  closed_at    BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, id)
);

-- +goose Down
DROP TABLE packing_verify_handover;
DROP TABLE packing_verify_outgoing;
DROP TABLE packing_verify_hit;
DROP TABLE packing_verify_policy;
DROP TABLE packing_verify_sku;
DROP TABLE packing_verify_serial;
DROP TABLE packing_verify_scan;
DROP TABLE packing_verify_item;
DROP TABLE packing_verify_session;
