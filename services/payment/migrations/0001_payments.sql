CREATE TABLE payments (
  id                 uuid PRIMARY KEY,
  order_id           uuid NOT NULL UNIQUE,
  state              text NOT NULL CHECK (state IN
                       ('pending', 'authorised', 'captured', 'declined', 'voided', 'refunded')),
  currency           text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  amount             bigint NOT NULL CHECK (amount >= 0),
  captured           bigint NOT NULL DEFAULT 0,
  refunded           bigint NOT NULL DEFAULT 0,
  capture_at_once    boolean NOT NULL,
  request_hash       text NOT NULL,
  provider_reference text,
  decline_code       text,
  created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (0 <= refunded AND refunded <= captured AND captured <= amount),
  CHECK (captured = 0 OR state IN ('captured', 'refunded', 'voided')),
  CHECK (state <> 'captured' OR refunded < captured),
  CHECK (state <> 'refunded' OR refunded = captured AND refunded > 0),
  CHECK ((state = 'declined') = (decline_code IS NOT NULL))
);
COMMENT ON TABLE payments IS 'At most one payment an order; a voided one of amount 0 bars an order that was reversed before its payment came';
COMMENT ON COLUMN payments.captured IS 'Money taken; of a voided payment what the provider took too late, all of which is given back';
COMMENT ON COLUMN payments.provider_reference IS 'A pending payment that has one was left open by the provider, whose word comes later';

CREATE FUNCTION check_payment_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (
    ('pending', 'pending'), ('pending', 'authorised'), ('pending', 'captured'), ('pending', 'declined'),
    ('pending', 'voided'), ('authorised', 'captured'), ('authorised', 'voided'),
    ('captured', 'captured'), ('captured', 'refunded'), ('voided', 'voided')
  ) THEN
    RAISE EXCEPTION 'payment % cannot move from % to %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_moves';
  END IF;
  IF (NEW.id, NEW.order_id, NEW.currency, NEW.amount) IS DISTINCT FROM (OLD.id, OLD.order_id, OLD.currency, OLD.amount)
    OR NEW.captured < OLD.captured OR NEW.refunded < OLD.refunded
  THEN
    RAISE EXCEPTION 'payment %: what was agreed or moved never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_facts';
  END IF;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER payment_moves BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION check_payment_move();

CREATE TABLE payment_operations (
  id              uuid PRIMARY KEY,
  payment_id      uuid NOT NULL REFERENCES payments (id),
  kind            text NOT NULL CHECK (kind IN ('capture', 'void', 'refund', 'reversal', 'return')),
  idempotency_key text NOT NULL,
  request_hash    text NOT NULL,
  amount          bigint NOT NULL CHECK (amount >= 0),
  status          smallint,
  response        text,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (payment_id, idempotency_key),
  CHECK ((status IS NULL) = (response IS NULL))
);
CREATE INDEX payment_operations_unfinished ON payment_operations (created_at) WHERE response IS NULL;
COMMENT ON COLUMN payment_operations.response IS 'The answer that is given again; empty while the provider is asked';

CREATE TABLE ledger_entries (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transaction_id uuid NOT NULL,
  payment_id     uuid NOT NULL REFERENCES payments (id),
  account        text NOT NULL CHECK (account IN ('provider', 'sales', 'refunds')),
  currency       text NOT NULL,
  amount         bigint NOT NULL CHECK (amount <> 0),
  booked_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ledger_entries_by_transaction ON ledger_entries (transaction_id);
CREATE INDEX ledger_entries_by_payment ON ledger_entries (payment_id);
COMMENT ON TABLE ledger_entries IS 'Double-entry: debits are positive, credits negative, each transaction sums to zero';

CREATE FUNCTION check_ledger_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM ledger_entries WHERE transaction_id = NEW.transaction_id
    GROUP BY currency HAVING sum(amount) <> 0
  ) THEN
    RAISE EXCEPTION 'ledger transaction % does not balance', NEW.transaction_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balance';
  END IF;
  RETURN NULL;
END $$;
-- Looked at when the transaction commits, when all of its entries are there.
CREATE CONSTRAINT TRIGGER ledger_balance AFTER INSERT ON ledger_entries
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_ledger_balance();

CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is only ever added to; book a counter-entry instead'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_append_only';
END $$;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
