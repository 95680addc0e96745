CREATE TABLE orders (
  id              uuid PRIMARY KEY,
  idempotency_key text NOT NULL UNIQUE,
  request_hash    text NOT NULL,
  state           text NOT NULL DEFAULT 'pending' CHECK (state IN
                    ('pending', 'reserved', 'paid', 'compensating', 'rejected')),
  customer_email  text NOT NULL,
  -- A document: written with its prices when stock is reserved, and never changed afterwards.
  lines           jsonb NOT NULL,
  currency        text CHECK (currency ~ '^[A-Z]{3}$'),
  total           bigint CHECK (total > 0),
  card_token      text,
  payment_id      uuid,
  -- The answer that the client gets, and gets again, once the order is paid or rejected.
  response_status smallint,
  response        text,
  -- Somebody is working on the order until then. It only saves work: every step may safely be done twice.
  leased_until    timestamptz NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (state NOT IN ('reserved', 'paid') OR (currency IS NOT NULL AND total IS NOT NULL)),
  CHECK (state NOT IN ('paid') OR payment_id IS NOT NULL),
  CHECK (state NOT IN ('paid', 'compensating', 'rejected') OR
         (response_status IS NOT NULL AND response IS NOT NULL)),
  CHECK (state NOT IN ('paid', 'rejected') OR card_token IS NULL)
);
CREATE INDEX orders_unfinished ON orders (leased_until) WHERE state IN ('pending', 'reserved', 'compensating');

CREATE TABLE order_history (
  order_id uuid NOT NULL REFERENCES orders (id),
  state    text NOT NULL,
  since    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX order_history_by_order ON order_history (order_id);
COMMENT ON TABLE order_history IS 'When each order came into each of its states; written by the database itself';

CREATE FUNCTION check_order_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('pending', 'reserved'), ('pending', 'rejected'),
    ('reserved', 'paid'), ('reserved', 'compensating'),
    ('compensating', 'rejected')
  ) THEN
    RAISE EXCEPTION 'order % cannot move from % to %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'order_moves';
  END IF;
  IF OLD.state <> 'pending' AND (NEW.lines, NEW.currency, NEW.total) IS DISTINCT FROM (OLD.lines, OLD.currency, OLD.total) THEN
    RAISE EXCEPTION 'order %: what was agreed never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'order_facts';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER order_moves BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION check_order_move();

CREATE FUNCTION record_order_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO order_history (order_id, state) VALUES (NEW.id, NEW.state);
  RETURN NULL;
END $$;
CREATE TRIGGER order_opened AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION record_order_move();
CREATE TRIGGER order_moved AFTER UPDATE ON orders FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION record_order_move();
