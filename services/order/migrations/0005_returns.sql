-- Goods that a buyer wants to send back. Their money moves once they have arrived, and not before.
CREATE TABLE returns (
  id              uuid PRIMARY KEY,
  order_id        uuid NOT NULL REFERENCES orders (id),
  idempotency_key text NOT NULL,
  request_hash    text NOT NULL,
  state           text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'received', 'withdrawn')),
  -- [{sku, quantity}]
  lines           jsonb NOT NULL CHECK (jsonb_array_length(lines) > 0),
  reason          text NOT NULL,
  requested_by    text NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Who has said that the goods are here, or do not come.
  closed_by       text,
  closed_at       timestamptz,
  UNIQUE (order_id, idempotency_key),
  CHECK ((state = 'requested') = (closed_at IS NULL)),
  CHECK ((closed_at IS NULL) = (closed_by IS NULL))
);
CREATE INDEX returns_open ON returns (id) WHERE state = 'requested';

-- Pieces of an order that are waited for, as {sku: quantity}; NULL where there are none.
CREATE FUNCTION awaited_pieces(wanted_order uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_object_agg(sku, quantity) FROM (
    SELECT line->>'sku' AS sku, sum((line->>'quantity')::integer) AS quantity
    FROM returns, jsonb_array_elements(returns.lines) AS line
    WHERE order_id = wanted_order AND state = 'requested'
    GROUP BY 1
  ) AS awaited
$$;

-- Whether pieces, with those that came back and those that are waited for, are more than were bought. Asked for while
-- the order is locked.
CREATE FUNCTION more_than_bought(wanted_order uuid, wanted jsonb) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
  bought jsonb;
  returned jsonb := coalesce(returned_pieces(wanted_order), '{}');
  awaited jsonb := coalesce(awaited_pieces(wanted_order), '{}');
BEGIN
  SELECT lines INTO bought FROM orders WHERE id = wanted_order;
  RETURN EXISTS (
    SELECT FROM jsonb_array_elements(wanted) AS line
    WHERE coalesce((returned->>(line->>'sku'))::integer, 0) + coalesce((awaited->>(line->>'sku'))::integer, 0)
      + (line->>'quantity')::integer > coalesce((
        SELECT (piece->>'quantity')::integer FROM jsonb_array_elements(bought) AS piece
        WHERE piece->>'sku' = line->>'sku'), 0)
  ) OR (SELECT count(*) > count(DISTINCT line->>'sku') FROM jsonb_array_elements(wanted) AS line);
END $$;

CREATE FUNCTION plan_return() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  order_state text;
BEGIN
  SELECT state INTO order_state FROM orders WHERE id = NEW.order_id FOR UPDATE;
  IF order_state <> 'delivered' OR NEW.state <> 'requested' THEN
    RAISE EXCEPTION 'order % is %; nothing of it can come back', NEW.order_id, order_state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'return_moves';
  END IF;
  IF more_than_bought(NEW.order_id, NEW.lines) THEN
    RAISE EXCEPTION 'order %: more pieces come back than were bought', NEW.order_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'return_pieces';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER return_planned BEFORE INSERT ON returns FOR EACH ROW EXECUTE FUNCTION plan_return();

CREATE FUNCTION move_return() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'requested' OR (NEW.id, NEW.order_id, NEW.lines) IS DISTINCT FROM (OLD.id, OLD.order_id, OLD.lines) THEN
    RAISE EXCEPTION 'return % is %: it stays as it is', OLD.id, OLD.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'return_moves';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER return_moves BEFORE UPDATE ON returns FOR EACH ROW EXECUTE FUNCTION move_return();

CREATE FUNCTION refuse_return_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'returns are never removed' USING ERRCODE = 'check_violation', CONSTRAINT = 'return_moves';
END $$;
CREATE TRIGGER return_kept BEFORE DELETE ON returns FOR EACH STATEMENT EXECUTE FUNCTION refuse_return_removal();

-- What is given back for a return has its id for a key. The shop owes it: the goods are here. It is of nothing where all
-- money was given back before, and the goods go into stock nevertheless.
ALTER TABLE refunds
  DROP CONSTRAINT refunds_kind_check,
  DROP CONSTRAINT refunds_amount_check,
  DROP CONSTRAINT refunds_check,
  ADD CONSTRAINT refund_kinds CHECK (kind IN ('request', 'return', 'cancellation', 'loss')),
  ADD CONSTRAINT refund_amounts CHECK (amount > 0 OR amount = 0 AND kind = 'return'),
  ADD CONSTRAINT refund_keys CHECK ((kind IN ('request', 'return')) = (idempotency_key <> ''));

CREATE OR REPLACE FUNCTION plan_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  order_state text;
BEGIN
  UPDATE orders SET refund_planned = refund_planned + NEW.amount WHERE id = NEW.order_id RETURNING state INTO order_state;
  IF (NEW.kind, order_state) NOT IN (
    ('request', 'paid'), ('request', 'shipped'), ('request', 'delivered'),
    ('return', 'delivered'), ('return', 'refunded'),
    ('cancellation', 'cancelling'),
    ('loss', 'paid'), ('loss', 'shipped'), ('loss', 'cancelling')
  ) OR NEW.state <> 'pending' THEN
    RAISE EXCEPTION 'order % is %; it allows no refund by %', NEW.order_id, order_state, NEW.kind
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_moves';
  END IF;
  IF NEW.kind = 'return' AND NOT EXISTS (
    SELECT FROM returns WHERE id::text = NEW.idempotency_key AND order_id = NEW.order_id AND state = 'received'
      AND lines = NEW.lines
  ) THEN
    RAISE EXCEPTION 'order %: no such goods have arrived', NEW.order_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_of_return';
  END IF;
  IF more_than_bought(NEW.order_id, NEW.lines) THEN
    RAISE EXCEPTION 'order %: more pieces come back than were bought', NEW.order_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_pieces';
  END IF;
  RETURN NEW;
END $$;
