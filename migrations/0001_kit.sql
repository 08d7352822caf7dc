-- +goose Up
-- Written in SQLite's words; kit/db turns BLOB, TEXT and WITHOUT ROWID into PostgreSQL's.

-- Global: which process uses which node number in the ids it makes.
CREATE TABLE node_lease (
  node     BIGINT NOT NULL PRIMARY KEY,
  holder   TEXT   NOT NULL,
  until_at BIGINT NOT NULL
);

-- Envelope keys: data keys wrapped by the installation's key.
CREATE TABLE seal_keyset (
  merchant_id BIGINT NOT NULL,
  kind        TEXT   NOT NULL, -- aead | index
  version     BIGINT NOT NULL,
  wrapped     BLOB   NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, kind, version)
);

CREATE TABLE command_key (
  merchant_id BIGINT NOT NULL,
  idem_key    TEXT   NOT NULL,
  input_hash  BLOB   NOT NULL,
  answer      BLOB   NOT NULL, -- sealed
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, idem_key)
);
CREATE INDEX command_key_age ON command_key (merchant_id, created_at);

CREATE TABLE event_log (
  merchant_id       BIGINT NOT NULL,
  id                BIGINT NOT NULL,
  seq               BIGINT,          -- NULL until the sequencer numbered it
  name              TEXT   NOT NULL,
  schema_version    BIGINT NOT NULL,
  aggregate         TEXT   NOT NULL,
  aggregate_id      BIGINT NOT NULL,
  aggregate_version BIGINT NOT NULL,
  actor_kind        TEXT   NOT NULL,
  actor_id          BIGINT NOT NULL,
  actor_name        TEXT   NOT NULL,
  cause             TEXT   NOT NULL,
  at                BIGINT NOT NULL,
  body              TEXT   NOT NULL,
  PRIMARY KEY (merchant_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX event_log_seq ON event_log (merchant_id, seq) WHERE seq IS NOT NULL;
CREATE INDEX event_log_unnumbered ON event_log (merchant_id, id) WHERE seq IS NULL;
CREATE INDEX event_log_aggregate ON event_log (merchant_id, aggregate_id, id);

CREATE TABLE event_cursor (
  merchant_id BIGINT NOT NULL PRIMARY KEY,
  last_seq    BIGINT NOT NULL,
  holder      TEXT   NOT NULL,
  until_at    BIGINT NOT NULL
);
CREATE TABLE event_checkpoint (
  merchant_id BIGINT NOT NULL,
  consumer    TEXT   NOT NULL,
  seq         BIGINT NOT NULL,
  failures    BIGINT NOT NULL DEFAULT 0,
  error       TEXT   NOT NULL DEFAULT '',
  retry_at    BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, consumer)
);

CREATE TABLE job_job (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  kind        TEXT   NOT NULL, -- channel.import_file
  state       TEXT   NOT NULL, -- waiting | running | succeeded | failed | cancelled
  unique_key  TEXT,
  group_key   TEXT   NOT NULL DEFAULT '', -- jobs of one group run one at a time
  payload     TEXT   NOT NULL, -- JSON, no personal data
  checkpoint  TEXT   NOT NULL DEFAULT '',
  result      TEXT   NOT NULL DEFAULT '',
  total       BIGINT NOT NULL DEFAULT 0,
  done        BIGINT NOT NULL DEFAULT 0,
  ok_count    BIGINT NOT NULL DEFAULT 0,
  failed_count BIGINT NOT NULL DEFAULT 0,
  skipped_count BIGINT NOT NULL DEFAULT 0,
  attempt     BIGINT NOT NULL DEFAULT 0,
  error_code  TEXT   NOT NULL DEFAULT '',
  error_params TEXT  NOT NULL DEFAULT '',
  cancel_asked BIGINT NOT NULL DEFAULT 0,
  visible     BIGINT NOT NULL DEFAULT 1, -- shown in the task centre
  actor_kind  TEXT   NOT NULL,
  actor_id    BIGINT NOT NULL,
  actor_name  TEXT   NOT NULL,
  actor       TEXT   NOT NULL, -- JSON: rights the job runs with
  run_at      BIGINT NOT NULL,
  lease_holder TEXT  NOT NULL DEFAULT '',
  lease_until BIGINT NOT NULL DEFAULT 0,
  created_at  BIGINT NOT NULL,
  started_at  BIGINT NOT NULL DEFAULT 0,
  finished_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX job_job_due ON job_job (merchant_id, run_at, id) WHERE state = 'waiting';
CREATE INDEX job_job_running ON job_job (merchant_id, lease_until) WHERE state = 'running';
CREATE UNIQUE INDEX job_job_group ON job_job (merchant_id, group_key) WHERE state = 'running' AND group_key <> '';
CREATE UNIQUE INDEX job_job_unique ON job_job (merchant_id, unique_key) WHERE unique_key IS NOT NULL;
CREATE INDEX job_job_recent ON job_job (merchant_id, id) WHERE visible = 1;

-- One row per failed or skipped item (and per succeeded one where the job keeps them).
CREATE TABLE job_row (
  merchant_id BIGINT NOT NULL,
  job_id      BIGINT NOT NULL,
  row_no      BIGINT NOT NULL,
  ref         TEXT   NOT NULL, -- order no., waybill no.: what the user knows the row by
  object_id   BIGINT NOT NULL DEFAULT 0,
  result      TEXT   NOT NULL, -- ok | failed | skipped
  code        TEXT   NOT NULL DEFAULT '',
  params      TEXT   NOT NULL DEFAULT '',
  field       TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (merchant_id, job_id, row_no)
) WITHOUT ROWID;
CREATE INDEX job_row_result ON job_row (merchant_id, job_id, result, row_no);

-- Global: merchants with work to do, so that workers need not ask each one.
CREATE TABLE job_due (
  merchant_id BIGINT NOT NULL PRIMARY KEY,
  due_at      BIGINT NOT NULL
);

CREATE TABLE file_file (
  merchant_id BIGINT NOT NULL,
  id          BIGINT NOT NULL,
  name        TEXT   NOT NULL,
  media_type  TEXT   NOT NULL,
  purpose     TEXT   NOT NULL, -- upload | export | template
  size_bytes  BIGINT NOT NULL,
  sha256      TEXT   NOT NULL,
  created_by  BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL, -- 0: kept
  complete    BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE TABLE file_chunk (
  merchant_id BIGINT NOT NULL,
  file_id     BIGINT NOT NULL,
  chunk_no    BIGINT NOT NULL,
  body        BLOB   NOT NULL, -- sealed
  PRIMARY KEY (merchant_id, file_id, chunk_no)
);

-- +goose Down
DROP TABLE file_chunk;
DROP TABLE file_file;
DROP TABLE job_due;
DROP TABLE job_row;
DROP TABLE job_job;
DROP TABLE event_checkpoint;
DROP TABLE event_cursor;
DROP TABLE event_log;
DROP TABLE command_key;
DROP TABLE seal_keyset;
DROP TABLE node_lease;
