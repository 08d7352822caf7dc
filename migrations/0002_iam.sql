-- +goose Up
-- Global: merchants, session and key digests, the setup token.
CREATE TABLE iam_merchant (
  id         BIGINT NOT NULL PRIMARY KEY,
  code       TEXT   NOT NULL UNIQUE, -- typed at login
  name       TEXT   NOT NULL,
  time_zone  TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE iam_setup (
  digest     BLOB   NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE iam_session (
  digest      BLOB   NOT NULL PRIMARY KEY,
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  revoked_at  BIGINT NOT NULL DEFAULT 0,
  ip          TEXT   NOT NULL,
  user_agent  TEXT   NOT NULL
);
CREATE INDEX iam_session_user ON iam_session (merchant_id, user_id, created_at);
CREATE TABLE iam_api_key (
  digest       BLOB   NOT NULL PRIMARY KEY,
  merchant_id  BIGINT NOT NULL,
  id           BIGINT NOT NULL,
  name         TEXT   NOT NULL,
  hint         TEXT   NOT NULL, -- last four characters
  permissions  TEXT   NOT NULL, -- JSON array
  shop_ids     TEXT   NOT NULL, -- JSON array, or '' for all
  warehouse_ids TEXT  NOT NULL,
  created_by   BIGINT NOT NULL,
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,
  revoked_at   BIGINT NOT NULL DEFAULT 0,
  last_used_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX iam_api_key_id ON iam_api_key (merchant_id, id);

CREATE TABLE iam_user (
  merchant_id   BIGINT NOT NULL,
  id            BIGINT NOT NULL,
  user_name     TEXT   NOT NULL, -- folded to lower case
  display_name  TEXT   NOT NULL,
  password_hash TEXT   NOT NULL, -- argon2id, PHC string
  totp_sealed   BLOB,
  totp_enabled  BIGINT NOT NULL DEFAULT 0,
  totp_last_step BIGINT NOT NULL DEFAULT 0, -- the last 30-second step a code was spent for
  recovery_hashes TEXT NOT NULL DEFAULT '',
  active        BIGINT NOT NULL DEFAULT 1,
  must_change_password BIGINT NOT NULL DEFAULT 0,
  lang          TEXT   NOT NULL,
  shop_ids      TEXT   NOT NULL DEFAULT '', -- JSON array, '' for all
  warehouse_ids TEXT   NOT NULL DEFAULT '',
  created_at    BIGINT NOT NULL,
  last_login_at BIGINT NOT NULL DEFAULT 0,
  version       BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, user_name)
);
CREATE TABLE iam_role (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  code        TEXT   NOT NULL,
  name        TEXT   NOT NULL, -- custom roles; built-in ones take their name from the catalogue
  built_in    BIGINT NOT NULL,
  permissions TEXT   NOT NULL, -- JSON array
  refund_limit_fen BIGINT,     -- NULL: no limit; applies to refund approval
  version     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  UNIQUE (merchant_id, code)
);
CREATE TABLE iam_user_role (
  merchant_id BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  role_id     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, user_id, role_id)
) WITHOUT ROWID;
-- Failed logins per account, per address and per both, by digest.
CREATE TABLE iam_attempt (
  bucket       BLOB   NOT NULL PRIMARY KEY,
  failures     BIGINT NOT NULL,
  blocked_until BIGINT NOT NULL,
  at           BIGINT NOT NULL
);

CREATE TABLE audit_entry (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  seq         BIGINT,        -- NULL until sealed into the chain
  prev_hash   BLOB,
  hash        BLOB,
  at          BIGINT NOT NULL,
  actor_kind  TEXT   NOT NULL,
  actor_id    BIGINT NOT NULL,
  actor_name  TEXT   NOT NULL,
  action      TEXT   NOT NULL,
  object      TEXT   NOT NULL,
  detail      TEXT   NOT NULL, -- JSON
  request_id  TEXT   NOT NULL,
  ip          TEXT   NOT NULL,
  PRIMARY KEY (merchant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX audit_entry_seq ON audit_entry (merchant_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_entry_unsealed ON audit_entry (merchant_id, id) WHERE seq IS NULL;
CREATE INDEX audit_entry_object ON audit_entry (merchant_id, object, id);
CREATE TABLE audit_chain (
  merchant_id BIGINT NOT NULL PRIMARY KEY,
  last_seq    BIGINT NOT NULL,
  last_hash   BLOB   NOT NULL,
  holder      TEXT   NOT NULL, -- who numbers now, until until_at
  until_at    BIGINT NOT NULL,
  public_key  BLOB   NOT NULL, -- ed25519
  sealed_key  BLOB   NOT NULL
);
-- Signed statements that the chain had this hash at this number.
CREATE TABLE audit_checkpoint (
  merchant_id BIGINT NOT NULL,
  seq         BIGINT NOT NULL,
  hash        BLOB   NOT NULL,
  at          BIGINT NOT NULL,
  signature   BLOB   NOT NULL,
  PRIMARY KEY (merchant_id, seq)
);

CREATE TABLE setting_value (
  merchant_id BIGINT NOT NULL,
  name        TEXT   NOT NULL,
  value       TEXT   NOT NULL, -- JSON
  version     BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, name)
);
CREATE TABLE setting_view (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  user_id     BIGINT NOT NULL,
  page        TEXT   NOT NULL, -- orders
  name        TEXT   NOT NULL,
  query       BLOB   NOT NULL, -- sealed JSON filter: it may name a buyer
  role_id     BIGINT NOT NULL DEFAULT 0, -- shared with a role
  position    BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX setting_view_user ON setting_view (merchant_id, page, user_id, position);

-- +goose Down
DROP TABLE setting_view;
DROP TABLE setting_value;
DROP TABLE audit_checkpoint;
DROP TABLE audit_chain;
DROP TABLE audit_entry;
DROP TABLE iam_attempt;
DROP TABLE iam_user_role;
DROP TABLE iam_role;
DROP TABLE iam_user;
DROP TABLE iam_api_key;
DROP TABLE iam_session;
DROP TABLE iam_setup;
DROP TABLE iam_merchant;
