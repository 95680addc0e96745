-- What the buyer was shown that the order costs, where the request says so. It must not cost anything else.
ALTER TABLE orders
  ADD COLUMN agreed_total    bigint CHECK (agreed_total > 0),
  ADD COLUMN agreed_currency text CHECK (agreed_currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT order_agreed CHECK (num_nulls(agreed_total, agreed_currency) IN (0, 2)),
  ADD CONSTRAINT order_costs_what_was_agreed CHECK (
    agreed_total IS NULL OR total IS NULL OR (agreed_total, agreed_currency) = (total, currency));
