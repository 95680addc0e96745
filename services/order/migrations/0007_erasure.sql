-- Who ordered and where it went is erased some time after the order's end; the country stays, for the tax.
ALTER TABLE orders
  ADD COLUMN ended_at  timestamptz,
  ADD COLUMN erased_at timestamptz,
  ADD CONSTRAINT order_erased CHECK (erased_at IS NULL OR
    (ended_at IS NOT NULL AND customer_email = '' AND ship_to = jsonb_build_object('country', ship_to->'country')));

CREATE OR REPLACE FUNCTION check_order_move() RETURNS trigger LANGUAGE plpgsql AS $$
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
  IF (NEW.user_id, NEW.token_hash, NEW.shipping) IS DISTINCT FROM (OLD.user_id, OLD.token_hash, OLD.shipping)
    OR NEW.ship_to IS DISTINCT FROM OLD.ship_to AND (NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL)
    OR OLD.erased_at IS NOT NULL AND NEW.erased_at IS DISTINCT FROM OLD.erased_at
    OR OLD.state <> 'pending' AND (NEW.lines, NEW.currency, NEW.goods, NEW.shipping_cost, NEW.tax, NEW.total)
       IS DISTINCT FROM (OLD.lines, OLD.currency, OLD.goods, OLD.shipping_cost, OLD.tax, OLD.total)
  THEN
    RAISE EXCEPTION 'order %: what was agreed never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'order_facts';
  END IF;
  IF NEW.state <> OLD.state AND NEW.state IN ('delivered', 'cancelled', 'refunded', 'rejected') THEN
    NEW.ended_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $$;

UPDATE orders SET ended_at = (SELECT max(since) FROM order_history WHERE order_id = orders.id)
  WHERE state IN ('delivered', 'cancelled', 'refunded', 'rejected');
CREATE INDEX orders_to_erase ON orders (ended_at) WHERE erased_at IS NULL AND ended_at IS NOT NULL;
