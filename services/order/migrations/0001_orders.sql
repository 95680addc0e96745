CREATE TABLE orders (
  id                uuid PRIMARY KEY,
  -- Whose key it is: keys of different buyers never meet.
  idempotency_scope text NOT NULL,
  idempotency_key   text NOT NULL,
  request_hash      text NOT NULL,
  state             text NOT NULL DEFAULT 'pending' CHECK (state IN
                      ('pending', 'reserved', 'paid', 'shipped', 'delivered', 'cancelling', 'cancelled', 'refunded',
                       'compensating', 'rejected')),
  -- Somebody who is not logged in has a token instead of an account; only its digest is kept.
  user_id           uuid,
  token_hash        bytea CHECK (octet_length(token_hash) = 32),
  customer_email    text NOT NULL,
  ship_to           jsonb NOT NULL,
  shipping          text NOT NULL CHECK (shipping IN ('standard', 'express')),
  -- A document: written with its prices when stock is reserved, and never changed afterwards.
  lines             jsonb NOT NULL,
  currency          text CHECK (currency ~ '^[A-Z]{3}$'),
  goods             bigint CHECK (goods >= 0),
  shipping_cost     bigint CHECK (shipping_cost >= 0),
  tax               bigint CHECK (tax BETWEEN 0 AND total),
  total             bigint CHECK (total > 0 AND total = goods + shipping_cost),
  card_token        text,
  payment_id        uuid,
  -- Kept up by the refunds themselves: what was given back, and that with what is on its way.
  refunded          bigint NOT NULL DEFAULT 0,
  refund_planned    bigint NOT NULL DEFAULT 0,
  carrier           text,
  tracking_number   text,
  delivered_at      timestamptz,
  -- The answer that the client gets, and gets again, once the order is paid or rejected.
  response_status   smallint,
  response          text,
  -- Somebody is working on the order until then. It only saves work: every step may safely be done twice.
  leased_until      timestamptz NOT NULL,
  attempts          integer NOT NULL DEFAULT 0,
  -- Who made the last move, and why: an account's id, 'guest' or 'system'. Every move says it anew.
  moved_by          text NOT NULL,
  moved_why         text,
  created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (idempotency_scope, idempotency_key),
  CHECK (num_nonnulls(user_id, token_hash) = 1),
  CHECK (num_nulls(currency, goods, shipping_cost, tax, total) IN (0, 5)),
  CHECK (num_nulls(carrier, tracking_number) IN (0, 2)),
  CHECK (state IN ('pending', 'rejected') OR total IS NOT NULL),
  CHECK (state IN ('pending', 'reserved', 'compensating', 'rejected') OR payment_id IS NOT NULL),
  CHECK (state IN ('pending', 'reserved') OR (response_status IS NOT NULL AND response IS NOT NULL)),
  CHECK (state IN ('pending', 'reserved', 'compensating') OR card_token IS NULL),
  CHECK (state <> 'shipped' OR tracking_number IS NOT NULL),
  CHECK (state <> 'delivered' OR delivered_at IS NOT NULL),
  CONSTRAINT order_refunds CHECK (0 <= refunded AND refunded <= refund_planned AND refund_planned <= coalesce(total, 0)),
  CHECK (refund_planned = 0 OR state IN ('paid', 'shipped', 'delivered', 'cancelling', 'cancelled', 'refunded')),
  CHECK (state NOT IN ('cancelled', 'refunded') OR refunded = total)
);
CREATE INDEX orders_unfinished ON orders (leased_until)
  WHERE state IN ('pending', 'reserved', 'compensating', 'cancelling');
-- Ids begin with their time (UUIDv7), so the newest come first by id.
CREATE INDEX orders_by_user ON orders (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX orders_by_email ON orders (lower(customer_email), id);

CREATE TABLE order_history (
  order_id uuid NOT NULL REFERENCES orders (id),
  state    text NOT NULL,
  since    timestamptz NOT NULL DEFAULT clock_timestamp(),
  moved_by text NOT NULL,
  reason   text
);
CREATE INDEX order_history_by_order ON order_history (order_id);
COMMENT ON TABLE order_history IS 'When each order came into each of its states, and by whom; written by the database itself';

CREATE FUNCTION check_order_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('pending', 'reserved'), ('pending', 'rejected'),
    ('reserved', 'paid'), ('reserved', 'compensating'),
    ('compensating', 'rejected'),
    ('paid', 'shipped'), ('paid', 'delivered'), ('paid', 'cancelling'), ('paid', 'refunded'),
    ('cancelling', 'cancelled'), ('cancelling', 'paid'), ('cancelling', 'shipped'), ('cancelling', 'delivered'),
    ('cancelling', 'refunded'),
    ('shipped', 'delivered'), ('shipped', 'refunded'),
    ('delivered', 'refunded')
  ) THEN
    RAISE EXCEPTION 'order % cannot move from % to %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'order_moves';
  END IF;
  IF (NEW.user_id, NEW.token_hash, NEW.ship_to, NEW.shipping)
       IS DISTINCT FROM (OLD.user_id, OLD.token_hash, OLD.ship_to, OLD.shipping)
    OR OLD.state <> 'pending' AND (NEW.lines, NEW.currency, NEW.goods, NEW.shipping_cost, NEW.tax, NEW.total)
       IS DISTINCT FROM (OLD.lines, OLD.currency, OLD.goods, OLD.shipping_cost, OLD.tax, OLD.total)
  THEN
    RAISE EXCEPTION 'order %: what was agreed never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'order_facts';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER order_moves BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION check_order_move();

CREATE FUNCTION record_order_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO order_history (order_id, state, moved_by, reason)
    VALUES (NEW.id, NEW.state, NEW.moved_by, NEW.moved_why);
  RETURN NULL;
END $$;
CREATE TRIGGER order_opened AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION record_order_move();
CREATE TRIGGER order_moved AFTER UPDATE ON orders FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION record_order_move();
