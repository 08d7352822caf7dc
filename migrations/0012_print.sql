-- +goose Up
-- Label templates of the merchant's own (面单模板). The built-in ones have no row.
CREATE TABLE packing_print_template (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  name        TEXT   NOT NULL,
  body        TEXT   NOT NULL, -- JSON, see packing/label
  updated_by  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
-- Print batches (打印批次), numbered through each day of China time.
CREATE TABLE packing_print_batch (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  on_day      BIGINT NOT NULL, -- 20261122
  number      BIGINT NOT NULL,
  account_id  BIGINT NOT NULL, -- carrier account of all its waybills
  carrier     TEXT   NOT NULL,
  template_id BIGINT NOT NULL,
  way         TEXT   NOT NULL, -- file | component: drawn by us, or by the channel's print component
  state       TEXT   NOT NULL, -- making | ready | closed
  printer     TEXT   NOT NULL DEFAULT '', -- '': a person prints the file
  agent_id    BIGINT NOT NULL DEFAULT 0,  -- whose queue it is in; 0: nobody's
  reprint_of  BIGINT NOT NULL DEFAULT 0,  -- the batch a range of which is printed again
  reason      TEXT   NOT NULL DEFAULT '', -- why something is printed again
  total       BIGINT NOT NULL,
  file_id     BIGINT NOT NULL DEFAULT 0,
  job_id      BIGINT NOT NULL DEFAULT 0,
  ships       BIGINT NOT NULL DEFAULT 0,  -- 1: what is printed of it ships
  stale_reason TEXT  NOT NULL DEFAULT '', -- why it was printed on old data
  created_by  BIGINT NOT NULL,
  created_name TEXT  NOT NULL,
  created_at  BIGINT NOT NULL,
  closed_at   BIGINT NOT NULL DEFAULT 0,
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, on_day, number)
);
-- A printer serves one batch at a time, so that no two mix on its paper.
CREATE UNIQUE INDEX packing_print_batch_printer ON packing_print_batch (merchant_id, agent_id, printer) WHERE printer <> '' AND state <> 'closed';
-- One label of a batch, and what became of it on paper.
CREATE TABLE packing_print_label (
  merchant_id BIGINT NOT NULL,
  batch_id    BIGINT NOT NULL,
  sequence    BIGINT NOT NULL,
  waybill_id  BIGINT NOT NULL,
  waybill_no  TEXT   NOT NULL,
  piece       BIGINT NOT NULL,
  fulfillment_order_id BIGINT NOT NULL,
  content_version BIGINT NOT NULL, -- of the fulfillment order, as it is printed
  items       TEXT   NOT NULL,     -- JSON: goods and quantities
  copy_no     BIGINT NOT NULL,     -- 1 is the first print, more are 重打
  state       TEXT   NOT NULL,     -- wanted | ready | asked | sent | printed | failed | uncertain | refused
  page        BIGINT NOT NULL DEFAULT 0, -- in the batch's file
  missing     TEXT   NOT NULL DEFAULT '', -- characters the font lacks
  error_code  TEXT   NOT NULL DEFAULT '',
  error_params TEXT  NOT NULL DEFAULT '',
  agent_id    BIGINT NOT NULL DEFAULT 0,  -- who holds it
  lease_until BIGINT NOT NULL DEFAULT 0,
  attempt     BIGINT NOT NULL DEFAULT 0,  -- grows with every lease: the holder's proof
  sent_at     BIGINT NOT NULL DEFAULT 0,
  ended_at    BIGINT NOT NULL DEFAULT 0,
  shipped_at  BIGINT NOT NULL DEFAULT 0,  -- by printing it
  ship_code   TEXT   NOT NULL DEFAULT '', -- why it could not be shipped
  ship_params TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, batch_id, sequence)
) WITHOUT ROWID;
CREATE INDEX packing_print_label_of ON packing_print_label (merchant_id, fulfillment_order_id, batch_id);
CREATE INDEX packing_print_label_sent ON packing_print_label (merchant_id, lease_until) WHERE state = 'sent';
-- How often each waybill was given to paper: what keeps it from being printed twice.
CREATE TABLE packing_print_paper (
  merchant_id BIGINT NOT NULL,
  waybill_id  BIGINT NOT NULL,
  copies      BIGINT NOT NULL,
  batch_id    BIGINT NOT NULL, -- the last
  given_at    BIGINT NOT NULL,
  given_name  TEXT   NOT NULL,
  PRIMARY KEY (merchant_id, waybill_id)
) WITHOUT ROWID;
CREATE INDEX packing_print_batch_queue ON packing_print_batch (merchant_id, agent_id, id) WHERE state = 'ready';
-- Print agents (打印站): a program on a packing PC that drives its printers.
CREATE TABLE packing_print_agent (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  name        TEXT   NOT NULL,
  state       TEXT   NOT NULL, -- pairing | active | revoked
  pair_digest BLOB,            -- SHA-256 of the one-time code
  pair_until  BIGINT NOT NULL,
  key_digest  BLOB,            -- SHA-256 of the key
  printers    TEXT   NOT NULL DEFAULT '[]', -- JSON: what it last said it has
  components  TEXT   NOT NULL DEFAULT '[]', -- JSON: the channels' print components it last said it finds, or misses
  seen_at     BIGINT NOT NULL DEFAULT 0,
  created_by  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE TABLE packing_print_day (
  merchant_id BIGINT NOT NULL,
  on_day      BIGINT NOT NULL,
  last        BIGINT NOT NULL, -- number of the day's last batch
  PRIMARY KEY (merchant_id, on_day)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE packing_print_day;
DROP TABLE packing_print_agent;
DROP TABLE packing_print_paper;
DROP TABLE packing_print_label;
DROP TABLE packing_print_batch;
DROP TABLE packing_print_template;
