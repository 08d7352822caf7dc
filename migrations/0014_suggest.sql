-- +goose Up
-- Who receives an order, where only its channel can tell: orders of one group go to one
-- person at one place. It counts while the receiver is the one that was asked about.
CREATE TABLE fulfillment_group (
  merchant_id BIGINT NOT NULL,
  order_id    BIGINT NOT NULL,
  group_no    BIGINT NOT NULL, -- 0: asked, and alone
  receiver    BIGINT NOT NULL, -- keyed token of the receiver at that time
  told_at     BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE fulfillment_group;
