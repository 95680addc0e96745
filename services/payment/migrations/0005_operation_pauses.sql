-- One operation that cannot be finished must not hold up the others: each has a pause of its own.
ALTER TABLE payment_operations
  ADD COLUMN attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  ADD COLUMN due_at   timestamptz NOT NULL DEFAULT clock_timestamp();
COMMENT ON COLUMN payment_operations.due_at IS 'The background leaves it alone until then; its client may repeat it at any time';
DROP INDEX payment_operations_unfinished;
CREATE INDEX payment_operations_unfinished ON payment_operations (due_at) WHERE response IS NULL;
