-- +goose Up
CREATE TABLE order_head (
  merchant_id      BIGINT NOT NULL,
  id               BIGINT NOT NULL,
  shop_id          BIGINT NOT NULL,
  channel          TEXT   NOT NULL,
  channel_order_no TEXT   NOT NULL,
  order_type       TEXT   NOT NULL, -- normal | presale | gift | manual | reship | exchange
  -- The displayed state, kept only as an index by one function: 10 pending_payment,
  -- 20 awaiting_approval, 30 awaiting_shipment, 40 partly_shipped, 50 shipped,
  -- 60 delivered, 70 completed, 80 closed.
  state            BIGINT NOT NULL,
  problem          BIGINT NOT NULL DEFAULT 0, -- has an open hold
  in_aftersale     BIGINT NOT NULL DEFAULT 0,
  unread           BIGINT NOT NULL DEFAULT 1,
  archived         BIGINT NOT NULL DEFAULT 0,
  history          BIGINT NOT NULL DEFAULT 0, -- facts only: placed before live_from, or first seen finished
  -- axes
  payment          TEXT   NOT NULL, -- none | part | paid | part_refunded | refunded
  payment_method   TEXT   NOT NULL DEFAULT '',
  channel_status   TEXT   NOT NULL,
  channel_status_raw TEXT NOT NULL,
  channel_locks    TEXT   NOT NULL DEFAULT '', -- comma list: risk_review,locked,…
  channel_flags    TEXT   NOT NULL DEFAULT '', -- comma list: presale,cash_on_delivery,…
  refund_state     TEXT   NOT NULL,
  approved_at      BIGINT NOT NULL DEFAULT 0,
  approved_by      BIGINT NOT NULL DEFAULT 0,
  revoked_at       BIGINT NOT NULL DEFAULT 0, -- a person took the approval back: only a person gives it again
  closed_reason    TEXT   NOT NULL DEFAULT '',
  -- instants, unix ms, 0 unknown; placed_at is never 0 (first seen when the source is silent)
  placed_at        BIGINT NOT NULL,
  placed_known     TEXT   NOT NULL, -- instant | day | seen: how exactly the source told placed_at
  paid_at          BIGINT NOT NULL DEFAULT 0,
  ship_by_at       BIGINT NOT NULL DEFAULT 0,
  shipped_at       BIGINT NOT NULL DEFAULT 0,
  delivered_at     BIGINT NOT NULL DEFAULT 0,
  completed_at     BIGINT NOT NULL DEFAULT 0,
  closed_at        BIGINT NOT NULL DEFAULT 0,
  -- money by bearer, fen; NULL where no source said
  goods_fen             BIGINT,
  merchant_discount_fen BIGINT,
  platform_discount_fen BIGINT,
  talent_discount_fen   BIGINT,
  payment_discount_fen  BIGINT,
  price_change_fen      BIGINT,
  freight_fen           BIGINT,
  buyer_paid_fen        BIGINT,
  receivable_fen        BIGINT,
  refund_fen            BIGINT,
  -- the buyer
  customer_id      BIGINT NOT NULL DEFAULT 0,
  buyer_nick       TEXT   NOT NULL DEFAULT '',
  receiver_kind    TEXT   NOT NULL, -- none | plain | masked | sealed (the channel's cipher text)
  receiver_masked  TEXT   NOT NULL DEFAULT '', -- 张* 138****1234
  province         TEXT   NOT NULL DEFAULT '',
  city             TEXT   NOT NULL DEFAULT '',
  district         TEXT   NOT NULL DEFAULT '',
  buyer_note       TEXT   NOT NULL DEFAULT '',
  seller_note      TEXT   NOT NULL DEFAULT '',
  channel_seller_note TEXT NOT NULL DEFAULT '', -- the channel's last word, so that our own memo is not undone by an old one
  channel_flag     BIGINT NOT NULL DEFAULT 0,
  flag             BIGINT NOT NULL DEFAULT 0, -- 0 none, 1 red, 2 yellow, 3 green, 4 blue, 5 purple
  tags             TEXT   NOT NULL DEFAULT '', -- comma list, twin of order_tag
  line_count       BIGINT NOT NULL,
  quantity         BIGINT NOT NULL,
  -- where it goes out from and under which number, for the list
  warehouse_id     BIGINT NOT NULL DEFAULT 0,
  carrier          TEXT   NOT NULL DEFAULT '',
  waybill_no       TEXT   NOT NULL DEFAULT '',
  parcel_count     BIGINT NOT NULL DEFAULT 0,
  -- intake
  source           TEXT   NOT NULL, -- file | manual | api
  source_at        BIGINT NOT NULL, -- export time of the file, or the channel's modified time
  digest           BLOB   NOT NULL, -- of the document last applied
  version          BIGINT NOT NULL,
  created_at       BIGINT NOT NULL,
  updated_at       BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  CHECK (flag BETWEEN 0 AND 5)
);
CREATE UNIQUE INDEX order_head_no ON order_head (merchant_id, channel_order_no, shop_id);
CREATE INDEX order_head_placed ON order_head (merchant_id, placed_at, id);
CREATE INDEX order_head_state ON order_head (merchant_id, state, placed_at, id);
CREATE INDEX order_head_shop ON order_head (merchant_id, shop_id, state, placed_at, id);
CREATE INDEX order_head_paid ON order_head (merchant_id, paid_at, id);
CREATE INDEX order_head_due ON order_head (merchant_id, ship_by_at, id) WHERE state IN (30, 40);
CREATE INDEX order_head_problem ON order_head (merchant_id, placed_at, id) WHERE problem = 1;
CREATE INDEX order_head_aftersale ON order_head (merchant_id, placed_at, id) WHERE in_aftersale = 1;
CREATE INDEX order_head_adoptable ON order_head (merchant_id, placed_at, id) WHERE history = 1 AND state IN (20, 30, 40);
CREATE INDEX order_head_waybill ON order_head (merchant_id, waybill_no, id) WHERE waybill_no <> '';
CREATE INDEX order_head_archived ON order_head (merchant_id, placed_at, id) WHERE archived = 1;
CREATE INDEX order_head_shop_placed ON order_head (merchant_id, shop_id, placed_at, id);
CREATE INDEX order_head_flag ON order_head (merchant_id, flag, placed_at, id) WHERE flag > 0;

CREATE TABLE order_receiver (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  sealed      BLOB   NOT NULL,
  PRIMARY KEY (merchant_id, order_id)
) WITHOUT ROWID;

CREATE TABLE order_line (
  merchant_id     BIGINT NOT NULL,
  id              BIGINT NOT NULL,
  order_id        BIGINT NOT NULL,
  placed_at       BIGINT NOT NULL, -- the order's: the newest orders of a SKU are found without reading the others
  position        BIGINT NOT NULL,
  line_key        TEXT   NOT NULL, -- channel line no., else SKU code, spec and occurrence
  channel_line_no TEXT   NOT NULL,
  listing_id      BIGINT NOT NULL, -- 0 for manual lines
  sku_id          BIGINT NOT NULL, -- 0 while unmapped
  sku_code        TEXT   NOT NULL,
  title           TEXT   NOT NULL,
  spec            TEXT   NOT NULL,
  image_url       TEXT   NOT NULL DEFAULT '',
  is_gift         BIGINT NOT NULL DEFAULT 0,
  channel_status  TEXT   NOT NULL DEFAULT '',
  refund_state    TEXT   NOT NULL,
  price_fen             BIGINT,
  goods_fen             BIGINT,
  merchant_discount_fen BIGINT,
  platform_discount_fen BIGINT,
  talent_discount_fen   BIGINT,
  payment_discount_fen  BIGINT,
  price_change_fen      BIGINT,
  freight_fen           BIGINT,
  paid_fen              BIGINT,
  receivable_fen        BIGINT,
  refund_fen            BIGINT,
  ordered            BIGINT NOT NULL,
  cancelled          BIGINT NOT NULL DEFAULT 0,
  allocated          BIGINT NOT NULL DEFAULT 0,
  picked             BIGINT NOT NULL DEFAULT 0,
  shipped            BIGINT NOT NULL DEFAULT 0,
  delivered          BIGINT NOT NULL DEFAULT 0,
  return_requested   BIGINT NOT NULL DEFAULT 0,
  returned_good      BIGINT NOT NULL DEFAULT 0,
  returned_defective BIGINT NOT NULL DEFAULT 0,
  refunded           BIGINT NOT NULL DEFAULT 0,
  reshipped          BIGINT NOT NULL DEFAULT 0,
  quantity_known     BIGINT NOT NULL DEFAULT 1, -- 0: the file could not tell; a person must say
  channel_quantity   BIGINT,                    -- the channel's last word, NULL where it was silent
  sku_by_hand        BIGINT NOT NULL DEFAULT 0, -- 1: a person chose this SKU for this line; listings no longer decide
  -- A line is always reached through its order, whose version keeps line_key unique.
  PRIMARY KEY (merchant_id, order_id, id),
  CHECK (ordered >= 0 AND cancelled >= 0 AND cancelled <= ordered),
  CHECK (shipped >= 0 AND shipped <= ordered - cancelled),
  CHECK (allocated >= 0 AND allocated <= ordered - cancelled),
  CHECK (delivered >= 0 AND delivered <= shipped),
  CHECK (returned_good >= 0 AND returned_defective >= 0 AND returned_good + returned_defective <= shipped + reshipped),
  CHECK (refunded >= 0 AND refunded <= ordered)
) WITHOUT ROWID;
CREATE INDEX order_line_listing ON order_line (merchant_id, listing_id, placed_at, order_id);
CREATE INDEX order_line_sku ON order_line (merchant_id, sku_id, placed_at, order_id);

-- Typed holds and problems (异常); cleared_at 0 while open.
CREATE TABLE order_hold (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  kind        TEXT   NOT NULL,
  note        TEXT   NOT NULL DEFAULT '',
  owner       TEXT   NOT NULL, -- who must act: customer_service | warehouse | buyer | channel | owner
  raised_at   BIGINT NOT NULL,
  raised_by   BIGINT NOT NULL,
  cleared_at  BIGINT NOT NULL DEFAULT 0,
  cleared_by  BIGINT NOT NULL DEFAULT 0,
  until_at    BIGINT NOT NULL DEFAULT 0, -- when it ends at the latest, 0 where nobody can tell
  cause_id    BIGINT NOT NULL DEFAULT 0, -- what raised it and may end it, such as a wave, 0 for none
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX order_hold_open ON order_hold (merchant_id, order_id, kind) WHERE cleared_at = 0;
CREATE INDEX order_hold_kind ON order_hold (merchant_id, kind, order_id) WHERE cleared_at = 0;

CREATE TABLE order_tag (
  merchant_id BIGINT NOT NULL,
  tag         TEXT   NOT NULL,
  placed_at   BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, tag, placed_at, order_id)
) WITHOUT ROWID;
CREATE INDEX order_tag_order ON order_tag (merchant_id, order_id);

-- Keyed search tokens of sealed values: 1 phone, 2 last four, 3 name, 4 two characters
-- of the name, 5 two characters of the address (opt-in), 8 and 9 the channel's own
-- search index of a ciphered phone and name. quarter keeps writes local.
CREATE TABLE order_token (
  merchant_id BIGINT NOT NULL,
  quarter     BIGINT NOT NULL, -- year*4 + quarter of placed_at
  kind        BIGINT NOT NULL,
  token       BIGINT NOT NULL,
  placed_at   BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, quarter, kind, token, placed_at, order_id)
) WITHOUT ROWID;

-- Whether a merchant wants whole addresses searched, and whether the orders of
-- before the switch have their tokens. Generation counts the switches.
CREATE TABLE order_address_search (
  merchant_id BIGINT NOT NULL,
  generation  BIGINT NOT NULL,
  wanted      BIGINT NOT NULL,
  built       BIGINT NOT NULL,
  changed_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id)
);

-- Counters of the tabs and of the day: deltas are appended in the commit that
-- causes them and folded into the base afterwards; readers add both.
CREATE TABLE order_count (
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  bucket      TEXT   NOT NULL, -- a displayed state, all, in_aftersale, problem, archived, unread, placed, paid, shipped
  day         BIGINT NOT NULL, -- yyyymmdd in China time for day buckets, else 0
  n           BIGINT NOT NULL,
  fen         BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id, bucket, day)
);
CREATE TABLE order_count_delta (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  bucket      TEXT   NOT NULL,
  day         BIGINT NOT NULL,
  n           BIGINT NOT NULL,
  fen         BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
) WITHOUT ROWID;

-- The one door: a raw row is committed before it is parsed. A file is one row that
-- points at the stored file; its bad records follow as rows of their own.
CREATE TABLE intake_inbox (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  source      TEXT   NOT NULL, -- file | file_record | manual | api
  parent_id   BIGINT NOT NULL DEFAULT 0,
  file_id     BIGINT NOT NULL DEFAULT 0,
  record_no   BIGINT NOT NULL DEFAULT 0,
  channel_order_no TEXT NOT NULL DEFAULT '',
  body        BLOB,            -- sealed
  state       TEXT   NOT NULL, -- new | applied | unchanged | quarantined | dismissed
  error_code  TEXT   NOT NULL DEFAULT '',
  error_params TEXT  NOT NULL DEFAULT '',
  error_field TEXT   NOT NULL DEFAULT '',
  attempts    BIGINT NOT NULL DEFAULT 0,
  source_at   BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  handled_at  BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX intake_inbox_state ON intake_inbox (merchant_id, state, id);
CREATE INDEX intake_inbox_parent ON intake_inbox (merchant_id, parent_id, record_no) WHERE parent_id <> 0;

-- +goose Down
DROP TABLE intake_inbox;
DROP TABLE order_count_delta;
DROP TABLE order_count;
DROP TABLE order_address_search;
DROP TABLE order_token;
DROP TABLE order_tag;
DROP TABLE order_hold;
DROP TABLE order_line;
DROP TABLE order_receiver;
DROP TABLE order_head;
