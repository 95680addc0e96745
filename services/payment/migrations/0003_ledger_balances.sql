-- Balances of old entries, so that the whole ledger need not be read for what it adds up to.
CREATE TABLE ledger_checkpoint (
  single     boolean PRIMARY KEY DEFAULT true CHECK (single),
  through_id bigint NOT NULL
);
INSERT INTO ledger_checkpoint (through_id) VALUES (0);

CREATE TABLE ledger_checkpoint_balances (
  account  text NOT NULL,
  currency text NOT NULL,
  amount   numeric NOT NULL,
  PRIMARY KEY (account, currency)
);

CREATE VIEW ledger_balances AS
  SELECT account, currency, sum(amount) AS amount
  FROM (
    SELECT account, currency, amount FROM ledger_checkpoint_balances
    UNION ALL
    SELECT account, currency, amount FROM ledger_entries
    WHERE id > (SELECT through_id FROM ledger_checkpoint)
  ) AS parts
  GROUP BY account, currency;
COMMENT ON VIEW ledger_balances IS 'What each account holds; over all accounts of a currency it is 0';

-- Adds entries to the checkpoint that are so old that no transaction with a smaller id can still be under way.
CREATE FUNCTION advance_ledger_checkpoint(age interval) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  before bigint;
  through bigint;
BEGIN
  SELECT through_id INTO before FROM ledger_checkpoint FOR UPDATE;
  SELECT max(id) INTO through FROM ledger_entries WHERE id > before AND booked_at < clock_timestamp() - age;
  IF through IS NULL THEN
    RETURN 0;
  END IF;
  INSERT INTO ledger_checkpoint_balances AS b (account, currency, amount)
    SELECT account, currency, sum(amount) FROM ledger_entries
    WHERE id > before AND id <= through GROUP BY account, currency
    ON CONFLICT (account, currency) DO UPDATE SET amount = b.amount + EXCLUDED.amount;
  UPDATE ledger_checkpoint SET through_id = through;
  RETURN through - before;
END $$;
