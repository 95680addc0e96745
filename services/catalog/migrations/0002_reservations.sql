-- Stock promised to an order. Its units leave `stock.available` when it is held and come back when it is released
-- or expires; a confirmed one has used them up, unless they are returned. So for every SKU
--   available + units of held and confirmed reservations - units returned = units ever stocked.
CREATE TABLE reservation (
  order_id uuid PRIMARY KEY,
  state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'confirmed', 'released', 'expired')),
  currency text NOT NULL,
  expires_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- What the expiry worker looks for; confirmed and closed reservations are not in it.
CREATE INDEX reservation_due ON reservation (expires_at) WHERE state = 'held';
-- What the purge looks for. Sold goods are many, and come in the order of their time: a block range index costs
-- next to nothing.
CREATE INDEX reservation_given_back ON reservation (changed_at) WHERE state IN ('released', 'expired');
CREATE INDEX reservation_sold ON reservation USING brin (changed_at) WHERE state = 'confirmed';

CREATE TRIGGER reservation_moves_once BEFORE UPDATE OF state ON reservation
  FOR EACH ROW WHEN (OLD.state <> 'held') EXECUTE FUNCTION refuse_change();

-- Name and price as they were promised, whatever becomes of the product. It refers to stock, not to variant: the
-- stock row is locked by the same transaction already, so that the reference costs no lock of its own.
CREATE TABLE reservation_line (
  order_id uuid NOT NULL REFERENCES reservation ON DELETE CASCADE,
  sku text NOT NULL REFERENCES stock,
  quantity integer NOT NULL CHECK (quantity > 0),
  name text NOT NULL,
  unit_price bigint NOT NULL,
  -- How many of them came back after they were sold; never more than were.
  returned integer NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND quantity),
  PRIMARY KEY (order_id, sku)
);

CREATE TRIGGER reservation_line_stays_returned BEFORE UPDATE OF returned ON reservation_line
  FOR EACH ROW WHEN (NEW.returned < OLD.returned) EXECUTE FUNCTION refuse_change();

-- A reservation as the API answers it.
CREATE FUNCTION reservation_document(order_id uuid, currency text, expires_at timestamptz, lines jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN jsonb_build_object(
    'orderId', order_id,
    'currency', currency,
    'expiresAt', to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'lines', lines
  );
END
$$;

-- What reserve_stock answers where the order has a reservation already, NULL where it has none. Like all functions
-- here in PL/pgSQL, which keeps the plans of its statements for as long as the connection lives.
CREATE FUNCTION existing_reservation(wanted_order uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  found_one reservation;
  found_lines jsonb;
BEGIN
  SELECT * INTO found_one FROM reservation WHERE order_id = wanted_order;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT
    jsonb_agg(
      jsonb_build_object(
        'sku', l.sku, 'productId', v.product_id, 'name', l.name, 'quantity', l.quantity, 'unitPrice', l.unit_price)
      ORDER BY l.sku
    )
    INTO found_lines
    FROM reservation_line l
    JOIN variant v USING (sku)
    WHERE l.order_id = wanted_order;
  RETURN jsonb_build_object(
    'outcome', 'exists',
    'state', found_one.state,
    'reservation', reservation_document(wanted_order, found_one.currency, found_one.expires_at, found_lines)
  );
END
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
  lines jsonb;
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

  -- Locks first and looks then, in one statement: a locked row is read as it is once the lock is held.
  SELECT
    jsonb_agg(
      CASE
        WHEN v.sku IS NULL THEN jsonb_build_object('outcome', 'unknown-sku', 'sku', w.sku)
        ELSE jsonb_build_object(
          'outcome', 'out-of-stock', 'sku', w.sku, 'requested', w.quantity, 'available', s.available)
      END
      ORDER BY v.sku IS NOT NULL, w.sku
    ) FILTER (WHERE v.sku IS NULL OR s.available < w.quantity) -> 0,
    jsonb_agg(
      jsonb_build_object(
        'sku', w.sku, 'productId', v.product_id, 'name', v.title, 'quantity', w.quantity, 'unitPrice', v.price)
      ORDER BY w.sku
    ),
    array_agg(DISTINCT v.currency)
    INTO answer, lines, currencies
    FROM unnest(wanted_skus, wanted_quantities) AS w (sku, quantity)
    LEFT JOIN (
      SELECT sku, available FROM stock WHERE sku = ANY (wanted_skus) ORDER BY sku FOR NO KEY UPDATE
    ) AS s USING (sku)
    LEFT JOIN variant v ON v.sku = s.sku AND v.sold;
  IF answer IS NOT NULL THEN
    RETURN answer;
  END IF;
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
    SELECT wanted_order, line.sku, line.quantity, line.name, line."unitPrice"
    FROM jsonb_to_recordset(lines) AS line (sku text, quantity integer, name text, "unitPrice" bigint);
  UPDATE stock s SET available = s.available - w.quantity
    FROM unnest(wanted_skus, wanted_quantities) AS w (sku, quantity)
    WHERE s.sku = w.sku;
  RETURN jsonb_build_object(
    'outcome', 'held',
    'reservation', reservation_document(wanted_order, currencies[1], now() + ttl, lines)
  );
END
$$;

-- Gives the units of held reservations back and closes them as 'released' or 'expired'. The caller has locked the
-- reservations. Answers the products whose stock changed.
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
  SELECT array_agg(DISTINCT v.product_id) INTO changed FROM given JOIN variant v USING (sku);
  UPDATE reservation SET state = closed_as, changed_at = now() WHERE order_id = ANY (orders);
  RETURN coalesce(changed, '{}');
END
$$;

-- Releases the reservation of an order. Answers the state it was in before, NULL where there is none, and the products
-- whose stock changed. Only a held one is released; repeating it changes nothing.
CREATE FUNCTION release_reservation(wanted_order uuid, OUT state_before text, OUT changed_products text[])
LANGUAGE plpgsql AS $$
BEGIN
  changed_products := '{}';
  SELECT state INTO state_before FROM reservation WHERE order_id = wanted_order FOR UPDATE;
  IF state_before = 'held' THEN
    changed_products := give_stock_back(ARRAY[wanted_order], 'released');
  END IF;
END
$$;

-- Releases reservations whose time is over, at most `batch` of them. Those that another replica is at work on are
-- skipped. Answers how many were released and the products whose stock changed.
CREATE FUNCTION expire_reservations(batch integer, OUT expired integer, OUT changed_products text[])
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
  changed_products := CASE WHEN expired = 0 THEN '{}' ELSE give_stock_back(due, 'expired') END;
END
$$;

-- Takes goods of a confirmed reservation back into the stock: those that are named, or all that have not come back
-- yet where `wanted_skus` is NULL.
--
-- Answers {"outcome": "returned", "lines": [{sku, quantity}], "products": [...]}. Otherwise nothing is changed and the
-- outcome says why: "unknown" where there is no reservation, "not-confirmed" {state}, "not-returnable"
-- {sku, returnable}.
CREATE FUNCTION return_goods(wanted_order uuid, wanted_skus text[], wanted_quantities integer[])
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  state_now text;
  answer jsonb;
BEGIN
  SELECT state INTO state_now FROM reservation WHERE order_id = wanted_order FOR UPDATE;
  IF state_now IS NULL THEN
    RETURN jsonb_build_object('outcome', 'unknown');
  ELSIF state_now <> 'confirmed' THEN
    RETURN jsonb_build_object('outcome', 'not-confirmed', 'state', state_now);
  END IF;

  IF wanted_skus IS NULL THEN
    SELECT coalesce(array_agg(sku), '{}'), coalesce(array_agg(quantity - returned), '{}')
      INTO wanted_skus, wanted_quantities
      FROM reservation_line
      WHERE order_id = wanted_order AND returned < quantity;
  END IF;
  SELECT jsonb_build_object(
      'outcome', 'not-returnable', 'sku', w.sku, 'returnable', coalesce(l.quantity - l.returned, 0))
    INTO answer
    FROM unnest(wanted_skus, wanted_quantities) AS w (sku, quantity)
    LEFT JOIN reservation_line l ON l.order_id = wanted_order AND l.sku = w.sku
    WHERE l.sku IS NULL OR l.returned + w.quantity > l.quantity
    ORDER BY w.sku
    LIMIT 1;
  IF FOUND THEN
    RETURN answer;
  END IF;

  PERFORM FROM stock WHERE sku = ANY (wanted_skus) ORDER BY sku FOR NO KEY UPDATE;
  WITH wanted AS (
    SELECT * FROM unnest(wanted_skus, wanted_quantities) AS w (sku, quantity)
  ), marked AS (
    UPDATE reservation_line l SET returned = l.returned + w.quantity
      FROM wanted w
      WHERE l.order_id = wanted_order AND l.sku = w.sku
  ), given AS (
    UPDATE stock s SET available = s.available + w.quantity
      FROM wanted w
      WHERE s.sku = w.sku
      RETURNING s.sku, w.quantity, s.available
  ), recorded AS (
    INSERT INTO stock_movement (sku, kind, change, available, order_id)
      SELECT sku, 'returned', quantity, available, wanted_order FROM given ORDER BY sku
  )
  SELECT jsonb_build_object(
      'outcome', 'returned',
      'lines', coalesce(jsonb_agg(jsonb_build_object('sku', sku, 'quantity', quantity) ORDER BY sku), '[]'),
      'products', coalesce(jsonb_agg(DISTINCT product_id), '[]')
    )
    INTO answer
    FROM given
    JOIN variant USING (sku);
  RETURN answer;
END
$$;
