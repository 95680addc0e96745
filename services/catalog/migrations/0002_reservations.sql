-- Stock promised to an order. Its units leave `stock.available` when it is held and come back when it is released
-- or expires; a confirmed one has used them up. So for every SKU
--   available + units of held and confirmed reservations = units ever stocked.
CREATE TABLE reservation (
  order_id uuid PRIMARY KEY,
  state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'confirmed', 'released', 'expired')),
  currency text NOT NULL,
  expires_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- What the expiry worker looks for; confirmed and closed reservations are not in it.
CREATE INDEX reservation_due ON reservation (expires_at) WHERE state = 'held';

-- Name and price as they were promised, whatever becomes of the product. It refers to stock, not to product: the
-- stock row is locked by the same transaction already, so that the reference costs no lock of its own.
CREATE TABLE reservation_line (
  order_id uuid NOT NULL REFERENCES reservation ON DELETE CASCADE,
  sku text NOT NULL REFERENCES stock,
  quantity integer NOT NULL CHECK (quantity > 0),
  name text NOT NULL,
  unit_price bigint NOT NULL,
  PRIMARY KEY (order_id, sku)
);

-- A reservation as the API answers it, or NULL where there is none.
CREATE FUNCTION reservation_document(wanted_order uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'orderId', r.order_id,
    'currency', r.currency,
    'expiresAt', to_char(r.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'lines', (
      SELECT jsonb_agg(
        jsonb_build_object('sku', l.sku, 'name', l.name, 'quantity', l.quantity, 'unitPrice', l.unit_price)
        ORDER BY l.sku
      )
      FROM reservation_line l
      WHERE l.order_id = r.order_id
    )
  )
  FROM reservation r
  WHERE r.order_id = wanted_order
$$;

-- What reserve_stock answers where the order has a reservation already, NULL where it has none.
CREATE FUNCTION existing_reservation(wanted_order uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('outcome', 'exists', 'state', state, 'reservation', reservation_document(order_id))
  FROM reservation
  WHERE order_id = wanted_order
$$;

-- Reserves all lines of an order or none, in one round trip and one transaction.
--
-- Deadlocks cannot happen: every transaction that changes stock locks the rows it needs in the order of their SKUs
-- before it changes the first one, and no other lock is taken while one waits for them.
--
-- Answers {"outcome": "held", "reservation": {...}}, or {"outcome": "exists", "state": "...", "reservation": {...}}
-- where the order had a reservation before, which stays as it is. Otherwise nothing is changed and the outcome says
-- why: "unknown-sku" {sku}, "out-of-stock" {sku, requested, available}, "mixed-currencies" {currencies}.
CREATE FUNCTION reserve_stock(
  wanted_order uuid,
  wanted_skus text[],
  wanted_quantities integer[],
  ttl interval
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  answer jsonb;
  currencies text[];
BEGIN
  answer := existing_reservation(wanted_order);
  IF answer IS NOT NULL THEN
    RETURN answer;
  END IF;

  -- A reservation that a crash of the database takes away was never confirmed, and its units return with it: as if
  -- it had expired. So it need not wait for the disk, and other buyers of the same goods need not wait for it.
  -- Confirming it does wait, and makes everything before it durable.
  SET LOCAL synchronous_commit = off;

  PERFORM FROM stock WHERE sku = ANY (wanted_skus) ORDER BY sku FOR NO KEY UPDATE;

  SELECT CASE
      WHEN s.sku IS NULL THEN jsonb_build_object('outcome', 'unknown-sku', 'sku', w.sku)
      ELSE jsonb_build_object(
        'outcome', 'out-of-stock', 'sku', w.sku, 'requested', w.quantity, 'available', s.available)
    END
    INTO answer
    FROM unnest(wanted_skus, wanted_quantities) AS w (sku, quantity)
    LEFT JOIN stock s USING (sku)
    WHERE s.sku IS NULL OR s.available < w.quantity
    ORDER BY s.sku IS NULL DESC, w.sku
    LIMIT 1;
  IF FOUND THEN
    RETURN answer;
  END IF;

  SELECT array_agg(DISTINCT p.currency) INTO currencies FROM product p WHERE p.sku = ANY (wanted_skus);
  IF cardinality(currencies) > 1 THEN
    RETURN jsonb_build_object('outcome', 'mixed-currencies', 'currencies', currencies);
  END IF;

  INSERT INTO reservation (order_id, currency, expires_at)
    VALUES (wanted_order, currencies[1], now() + ttl)
    ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    -- The same request, sent twice at once: the other one was first.
    RETURN existing_reservation(wanted_order);
  END IF;
  INSERT INTO reservation_line (order_id, sku, quantity, name, unit_price)
    SELECT wanted_order, p.sku, w.quantity, p.name, p.price
    FROM unnest(wanted_skus, wanted_quantities) AS w (sku, quantity)
    JOIN product p USING (sku);
  UPDATE stock s SET available = s.available - w.quantity
    FROM unnest(wanted_skus, wanted_quantities) AS w (sku, quantity)
    WHERE s.sku = w.sku;
  RETURN jsonb_build_object('outcome', 'held', 'reservation', reservation_document(wanted_order));
END
$$;

-- Gives the units of held reservations back and closes them as 'released' or 'expired'. The caller has locked the
-- reservations. Answers the SKUs whose stock changed.
CREATE FUNCTION give_stock_back(orders uuid[], closed_as text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  changed text[];
BEGIN
  PERFORM FROM stock
    WHERE sku IN (SELECT l.sku FROM reservation_line l WHERE l.order_id = ANY (orders))
    ORDER BY sku
    FOR NO KEY UPDATE;
  WITH given AS (
    UPDATE stock s SET available = s.available + returned.quantity
      FROM (
        SELECT l.sku, sum(l.quantity)::integer AS quantity
        FROM reservation_line l
        WHERE l.order_id = ANY (orders)
        GROUP BY l.sku
      ) AS returned
      WHERE s.sku = returned.sku
      RETURNING s.sku
  )
  SELECT array_agg(sku) INTO changed FROM given;
  UPDATE reservation SET state = closed_as, changed_at = now() WHERE order_id = ANY (orders);
  RETURN coalesce(changed, '{}');
END
$$;

-- Releases the reservation of an order. Answers the state it was in before, NULL where there is none, and the SKUs
-- whose stock changed. Only a held one is released; repeating it changes nothing.
CREATE FUNCTION release_reservation(wanted_order uuid, OUT state_before text, OUT changed_skus text[])
LANGUAGE plpgsql AS $$
BEGIN
  changed_skus := '{}';
  SELECT state INTO state_before FROM reservation WHERE order_id = wanted_order FOR UPDATE;
  IF state_before = 'held' THEN
    changed_skus := give_stock_back(ARRAY[wanted_order], 'released');
  END IF;
END
$$;

-- Releases reservations whose time is over, at most `batch` of them. Those that another replica is at work on are
-- skipped. Answers how many were released and the SKUs whose stock changed.
CREATE FUNCTION expire_reservations(batch integer, OUT expired integer, OUT changed_skus text[])
LANGUAGE plpgsql AS $$
DECLARE
  due uuid[];
BEGIN
  due := ARRAY(
    SELECT order_id FROM reservation
    WHERE state = 'held' AND expires_at <= now()
    ORDER BY expires_at
    LIMIT batch
    FOR UPDATE SKIP LOCKED
  );
  expired := cardinality(due);
  changed_skus := CASE WHEN expired = 0 THEN '{}' ELSE give_stock_back(due, 'expired') END;
END
$$;
