-- +goose Up
-- Pulled orders keep a raw row each; the keyed digest knows a body again.
ALTER TABLE intake_inbox ADD COLUMN fingerprint BIGINT NOT NULL DEFAULT 0;
CREATE INDEX intake_inbox_waiting ON intake_inbox (merchant_id, shop_id, channel_order_no) WHERE state = 'quarantined';
-- Global: where pushes come in, found by the digest of the address's secret part.
CREATE TABLE channel_hook (
  digest      BLOB   NOT NULL PRIMARY KEY,
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  created_at  BIGINT NOT NULL
);
-- How a shop speaks to its channel. Credentials and tokens are sealed with their row.
CREATE TABLE channel_access (
  merchant_id    BIGINT NOT NULL,
  shop_id        BIGINT NOT NULL,
  base_url       TEXT   NOT NULL DEFAULT '', -- '': the channel's own
  credentials    BLOB   NOT NULL,            -- sealed JSON
  app            BIGINT NOT NULL,            -- keyed digest of channel, address and app: limits are per app
  hook           BLOB   NOT NULL,            -- sealed: the secret part of the hook address
  tokens         BLOB,                       -- sealed JSON
  token_version  BIGINT NOT NULL DEFAULT 0,
  account        TEXT   NOT NULL DEFAULT '', -- the shop as the channel names it
  token_at       BIGINT NOT NULL DEFAULT 0,  -- when the token was given
  expires_at     BIGINT NOT NULL DEFAULT 0,
  refresh_expires_at BIGINT NOT NULL DEFAULT 0,
  refresh_until  BIGINT NOT NULL DEFAULT 0,  -- somebody renews the token until then
  state          TEXT   NOT NULL,            -- unauthorised | ok | expiring | expired | refused
  error_code     TEXT   NOT NULL DEFAULT '',
  error_params   TEXT   NOT NULL DEFAULT '',
  alarmed        BIGINT NOT NULL DEFAULT 0,  -- how loudly the coming expiry was told: days left
  tuning         TEXT   NOT NULL,            -- JSON
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL,
  version        BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id)
);
CREATE INDEX channel_access_account ON channel_access (merchant_id, account);
-- A consent under way: single use, found by the digest of its state parameter.
CREATE TABLE channel_consent (
  merchant_id BIGINT NOT NULL,
  digest      BLOB   NOT NULL,
  shop_id     BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  redirect    TEXT   NOT NULL,
  expires_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, digest)
);
-- What one app may still ask of its channel: bans survive a restart.
CREATE TABLE channel_app (
  merchant_id BIGINT NOT NULL,
  app         BIGINT NOT NULL,
  day         BIGINT NOT NULL, -- yyyymmdd of China time
  calls       BIGINT NOT NULL,
  banned_until BIGINT NOT NULL DEFAULT 0,
  ban_code    TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, app)
);
-- How many ciphered fields an app had opened on a day.
CREATE TABLE channel_decrypt (
  merchant_id BIGINT NOT NULL,
  app         BIGINT NOT NULL,
  day         BIGINT NOT NULL, -- yyyymmdd of China time
  used        BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, app, day)
);
-- Which process runs a shop's loop.
CREATE TABLE channel_lease (
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  task        TEXT   NOT NULL, -- sync | stream
  holder      TEXT   NOT NULL,
  until_at    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id, task)
);
-- How far one list of a shop has been read.
CREATE TABLE channel_stream (
  merchant_id  BIGINT NOT NULL,
  shop_id      BIGINT NOT NULL,
  stream       TEXT   NOT NULL, -- orders | aftersales
  watermark_at BIGINT NOT NULL, -- everything that changed before is held, in a gap or quarantined
  started_at   BIGINT NOT NULL, -- where the first window began
  span         BIGINT NOT NULL, -- width of the next window, ms
  skew         BIGINT NOT NULL DEFAULT 0, -- the channel's clock minus ours, ms
  failures     BIGINT NOT NULL DEFAULT 0, -- of the present window
  next_at      BIGINT NOT NULL DEFAULT 0,
  pulled_at    BIGINT NOT NULL DEFAULT 0, -- when the last window was complete
  seen         BIGINT NOT NULL DEFAULT 0, -- orders in complete windows so far
  behind_since BIGINT NOT NULL DEFAULT 0,
  alarmed      BIGINT NOT NULL DEFAULT 0,
  error_code   TEXT   NOT NULL DEFAULT '',
  error_params TEXT   NOT NULL DEFAULT '',
  error_at     BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, shop_id, stream)
);
-- Time that could not be read and is tried again, or is still to be read (backfill).
CREATE TABLE channel_gap (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  shop_id      BIGINT NOT NULL,
  stream       TEXT   NOT NULL,
  axis         TEXT   NOT NULL, -- modified | created
  kind         TEXT   NOT NULL, -- failed | backfill | earlier
  from_at      BIGINT NOT NULL, -- moves up as parts are read
  to_at        BIGINT NOT NULL,
  span         BIGINT NOT NULL,
  attempts     BIGINT NOT NULL DEFAULT 0,
  next_at      BIGINT NOT NULL,
  opened_at    BIGINT NOT NULL,
  closed_at    BIGINT NOT NULL DEFAULT 0,
  alarmed      BIGINT NOT NULL DEFAULT 0,
  error_code   TEXT   NOT NULL DEFAULT '',
  error_params TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX channel_gap_open ON channel_gap (merchant_id, shop_id, id) WHERE closed_at = 0;
CREATE INDEX channel_gap_shop ON channel_gap (merchant_id, shop_id, id);
-- Numbers to be looked up: pushes, and what a comparison found missing.
CREATE TABLE channel_hint (
  merchant_id  BIGINT NOT NULL,
  shop_id      BIGINT NOT NULL,
  event_id     TEXT   NOT NULL, -- the channel's, or one we made
  topic        TEXT   NOT NULL,
  order_no     TEXT   NOT NULL,
  aftersale_no TEXT   NOT NULL,
  told_at      BIGINT NOT NULL, -- the channel's instant
  received_at  BIGINT NOT NULL,
  state        TEXT   NOT NULL, -- waiting | done | failed
  attempts     BIGINT NOT NULL DEFAULT 0,
  next_at      BIGINT NOT NULL,
  error_code   TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, shop_id, event_id)
);
CREATE INDEX channel_hint_waiting ON channel_hint (merchant_id, shop_id, next_at) WHERE state = 'waiting';
CREATE INDEX channel_hint_received ON channel_hint (merchant_id, received_at);
-- After-sale cases as they came; what they say stands in aftersale_case.
CREATE TABLE channel_case (
  merchant_id   BIGINT NOT NULL,
  shop_id       BIGINT NOT NULL,
  case_no       TEXT   NOT NULL,
  order_no      TEXT   NOT NULL,
  modified_at   BIGINT NOT NULL,
  body          BLOB   NOT NULL, -- sealed: as it came
  fingerprint   BIGINT NOT NULL,
  error_code    TEXT   NOT NULL DEFAULT '', -- why it could not be read
  received_at   BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id, case_no)
);
-- One comparison of id sets, by created time.
CREATE TABLE channel_comparison (
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  shop_id      BIGINT NOT NULL,
  kind         TEXT   NOT NULL, -- hourly | six_hourly | day | manual
  from_at      BIGINT NOT NULL,
  to_at        BIGINT NOT NULL,
  state        TEXT   NOT NULL, -- equal | different | failed
  theirs       BIGINT NOT NULL DEFAULT 0,
  ours         BIGINT NOT NULL DEFAULT 0,
  quarantined  BIGINT NOT NULL DEFAULT 0,
  missing      BIGINT NOT NULL DEFAULT 0, -- not held when the comparison began
  changed      BIGINT NOT NULL DEFAULT 0, -- held in an older version when it began
  error_code   TEXT   NOT NULL DEFAULT '',
  error_params TEXT   NOT NULL DEFAULT '',
  started_at   BIGINT NOT NULL,
  finished_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX channel_comparison_shop ON channel_comparison (merchant_id, shop_id, id);
-- When comparisons are due.
CREATE TABLE channel_compare_due (
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  kind        TEXT   NOT NULL, -- hourly | six_hourly | manual
  next_at     BIGINT NOT NULL,
  failures    BIGINT NOT NULL DEFAULT 0,
  from_at     BIGINT NOT NULL DEFAULT 0, -- of a comparison that a person asked for
  to_at       BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, shop_id, kind)
);
-- Day close: a day is closed after two equal comparisons.
CREATE TABLE channel_day (
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  day         BIGINT NOT NULL, -- yyyymmdd in China time
  state       TEXT   NOT NULL, -- open | closed
  stage       BIGINT NOT NULL, -- days after which it is compared next: 1, 3, 7, 15; 0 once all are done
  equal_at    BIGINT NOT NULL DEFAULT 0, -- first of the two equal comparisons
  next_at     BIGINT NOT NULL,
  theirs      BIGINT NOT NULL DEFAULT 0,
  ours        BIGINT NOT NULL DEFAULT 0,
  quarantined BIGINT NOT NULL DEFAULT 0,
  failures    BIGINT NOT NULL DEFAULT 0,
  checked_at  BIGINT NOT NULL DEFAULT 0,
  closed_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, shop_id, day)
);
CREATE INDEX channel_day_due ON channel_day (merchant_id, shop_id, next_at) WHERE stage > 0;
-- Shop x hour of placing: what the channel lists and what we hold.
CREATE TABLE channel_ledger (
  merchant_id BIGINT NOT NULL,
  shop_id     BIGINT NOT NULL,
  hour_at     BIGINT NOT NULL,
  theirs      BIGINT NOT NULL,
  ours        BIGINT NOT NULL,
  quarantined BIGINT NOT NULL,
  checked_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id, hour_at)
);

-- +goose Down
DROP TABLE channel_ledger;
DROP TABLE channel_day;
DROP TABLE channel_compare_due;
DROP TABLE channel_comparison;
DROP TABLE channel_case;
DROP TABLE channel_hint;
DROP TABLE channel_gap;
DROP TABLE channel_stream;
DROP TABLE channel_lease;
DROP TABLE channel_decrypt;
DROP TABLE channel_app;
DROP TABLE channel_consent;
DROP TABLE channel_access;
DROP TABLE channel_hook;
DROP INDEX intake_inbox_waiting;
ALTER TABLE intake_inbox DROP COLUMN fingerprint;
