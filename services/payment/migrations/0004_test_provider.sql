-- What the test provider remembers. It plays somebody else's system: no table of the service refers to these, and
-- no statement of the service reads them.
CREATE SCHEMA test_provider;

CREATE TABLE test_provider.charges (
  key          text PRIMARY KEY,
  state        text NOT NULL CHECK (state IN ('processing', 'authorised', 'captured', 'declined', 'cancelled')),
  currency     text NOT NULL,
  amount       bigint NOT NULL CHECK (amount > 0),
  captured     bigint NOT NULL DEFAULT 0,
  refunded     bigint NOT NULL DEFAULT 0,
  decline_code text,
  card_token   text NOT NULL,
  capture      boolean NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (0 <= refunded AND refunded <= captured AND captured <= amount),
  CHECK ((captured > 0) = (state = 'captured')),
  CHECK ((decline_code IS NOT NULL) = (state = 'declined'))
);

CREATE TABLE test_provider.transfers (
  key        text PRIMARY KEY,
  charge_key text NOT NULL REFERENCES test_provider.charges (key),
  kind       text NOT NULL CHECK (kind IN ('capture', 'refund')),
  amount     bigint NOT NULL CHECK (amount > 0),
  done       boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX transfers_by_charge ON test_provider.transfers (charge_key);
COMMENT ON COLUMN test_provider.transfers.done IS 'False for one that failed; the same request again succeeds';

CREATE TABLE test_provider.webhooks (
  event_id   text PRIMARY KEY,
  charge_key text NOT NULL REFERENCES test_provider.charges (key),
  copies     integer NOT NULL DEFAULT 1,
  attempts   integer NOT NULL DEFAULT 0,
  due_at     timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX webhooks_by_due ON test_provider.webhooks (due_at);
COMMENT ON TABLE test_provider.webhooks IS 'Events that the service has not yet taken';
