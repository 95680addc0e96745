CREATE TABLE refunds (
  id              uuid PRIMARY KEY,
  order_id        uuid NOT NULL REFERENCES orders (id),
  -- Asked for by somebody, the rest of a cancelled order, or the rest of a lost parcel's.
  kind            text NOT NULL CHECK (kind IN ('request', 'cancellation', 'loss')),
  -- Chosen by who asks; the others happen once an order and have none.
  idempotency_key text NOT NULL,
  request_hash    text NOT NULL,
  state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
  amount          bigint NOT NULL CHECK (amount > 0),
  -- [{sku, quantity}]: pieces whose money it is; none where only money goes back.
  lines           jsonb NOT NULL,
  restock         boolean NOT NULL,
  reason          text NOT NULL,
  requested_by    text NOT NULL,
  -- What the client is told where it failed.
  failure         jsonb,
  leased_until    timestamptz NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at     timestamptz,
  UNIQUE (order_id, kind, idempotency_key),
  CHECK ((kind = 'request') = (idempotency_key <> '')),
  CHECK ((state = 'pending') = (finished_at IS NULL)),
  CHECK ((state = 'failed') = (failure IS NOT NULL)),
  -- A person can be told no; what the shop owes by itself is tried until it is done.
  CHECK (state <> 'failed' OR kind = 'request')
);
CREATE INDEX refunds_unfinished ON refunds (leased_until) WHERE state = 'pending';

-- Pieces of an order that came back, or whose money is on its way, as {sku: quantity}; NULL where there are none.
CREATE FUNCTION returned_pieces(wanted_order uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_object_agg(sku, quantity) FROM (
    SELECT line->>'sku' AS sku, sum((line->>'quantity')::integer) AS quantity
    FROM refunds, jsonb_array_elements(refunds.lines) AS line
    WHERE order_id = wanted_order AND state <> 'failed'
    GROUP BY 1
  ) AS returned
$$;

-- Counts a new refund in its order, whose row keeps others out meanwhile, and refuses one that the order's state, its
-- money (constraint order_refunds) or its pieces do not allow.
CREATE FUNCTION plan_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  order_state text;
  bought jsonb;
  returned jsonb;
BEGIN
  UPDATE orders SET refund_planned = refund_planned + NEW.amount WHERE id = NEW.order_id RETURNING state INTO order_state;
  IF (NEW.kind, order_state) NOT IN (
    ('request', 'paid'), ('request', 'shipped'), ('request', 'delivered'),
    ('cancellation', 'cancelling'),
    ('loss', 'paid'), ('loss', 'shipped'), ('loss', 'cancelling')
  ) OR NEW.state <> 'pending' THEN
    RAISE EXCEPTION 'order % is %; it allows no refund by %', NEW.order_id, order_state, NEW.kind
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_moves';
  END IF;
  SELECT lines INTO bought FROM orders WHERE id = NEW.order_id;
  returned := coalesce(returned_pieces(NEW.order_id), '{}');
  IF EXISTS (
    SELECT FROM jsonb_array_elements(NEW.lines) AS line
    WHERE coalesce((returned->>(line->>'sku'))::integer, 0) + (line->>'quantity')::integer > coalesce((
      SELECT (piece->>'quantity')::integer FROM jsonb_array_elements(bought) AS piece
      WHERE piece->>'sku' = line->>'sku'), 0)
  ) OR (SELECT count(*) > count(DISTINCT line->>'sku') FROM jsonb_array_elements(NEW.lines) AS line) THEN
    RAISE EXCEPTION 'order %: more pieces come back than were bought', NEW.order_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_pieces';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refund_planned BEFORE INSERT ON refunds FOR EACH ROW EXECUTE FUNCTION plan_refund();

CREATE FUNCTION move_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND OLD.state <> 'pending' THEN
    RAISE EXCEPTION 'refund % cannot move from % to %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_moves';
  END IF;
  IF (NEW.id, NEW.order_id, NEW.kind, NEW.amount, NEW.lines, NEW.restock)
    IS DISTINCT FROM (OLD.id, OLD.order_id, OLD.kind, OLD.amount, OLD.lines, OLD.restock)
  THEN
    RAISE EXCEPTION 'refund %: what was agreed never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_facts';
  END IF;
  IF OLD.state = 'pending' AND NEW.state = 'done' THEN
    UPDATE orders SET refunded = refunded + NEW.amount WHERE id = NEW.order_id;
  ELSIF OLD.state = 'pending' AND NEW.state = 'failed' THEN
    UPDATE orders SET refund_planned = refund_planned - NEW.amount WHERE id = NEW.order_id;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refund_moves BEFORE UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION move_refund();

CREATE FUNCTION refuse_refund_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'refunds are never removed' USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_facts';
END $$;
CREATE TRIGGER refund_kept BEFORE DELETE ON refunds FOR EACH STATEMENT EXECUTE FUNCTION refuse_refund_removal();
