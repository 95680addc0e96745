-- The payment service answers a key the same for ever, a refusal, too. What the shop owes is asked for again by a
-- further key, which is taken only after the one before was refused for good: money moves by one of them at most.
ALTER TABLE refunds
  ADD COLUMN refusals   integer NOT NULL DEFAULT 0 CHECK (refusals >= 0),
  ADD COLUMN refused_at timestamptz,
  ADD CHECK ((refusals = 0) = (refused_at IS NULL)),
  -- A person was told no by the first refusal.
  ADD CHECK (refusals = 0 OR kind <> 'request');
