CREATE TABLE shipments (
  id              uuid PRIMARY KEY,
  order_id        uuid NOT NULL UNIQUE,
  state           text NOT NULL CHECK (state IN
                    ('preparing', 'dispatched', 'in-transit', 'out-for-delivery', 'delivered', 'lost', 'cancelled')),
  carrier         text NOT NULL,
  shipping        text CHECK (shipping IN ('standard', 'express')),
  country         text CHECK (country ~ '^[A-Z]{2}$'),
  -- Personal data: erased some time after the end.
  ship_to         jsonb,
  -- [{sku, name, quantity}]: what goes into the parcel.
  lines           jsonb NOT NULL,
  tracking_number text UNIQUE CHECK (tracking_number ~ '^[A-Z0-9]{10,40}$'),
  expected_at     timestamptz,
  -- The carrier may know of the parcel: said before it is asked for the first time.
  booking_asked   boolean NOT NULL DEFAULT false,
  -- So many of the carrier's events are taken in.
  carrier_events  integer NOT NULL DEFAULT 0 CHECK (carrier_events >= 0),
  -- When something is to be done next; nothing where it is not set. Somebody at work moves it on, as a lease.
  due_at          timestamptz,
  attempts        integer NOT NULL DEFAULT 0,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at        timestamptz,
  CHECK ((state IN ('delivered', 'lost', 'cancelled')) = (ended_at IS NOT NULL)),
  CHECK ((state IN ('preparing', 'cancelled')) = (tracking_number IS NULL)),
  CHECK (num_nulls(shipping, country) IN (0, 2)),
  CHECK (shipping IS NOT NULL OR state = 'cancelled'),
  CHECK (ended_at IS NOT NULL OR (ship_to IS NOT NULL AND due_at IS NOT NULL))
);
CREATE INDEX shipments_due ON shipments (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX shipments_with_address ON shipments (ended_at) WHERE ship_to IS NOT NULL AND ended_at IS NOT NULL;
COMMENT ON TABLE shipments IS 'At most one an order; a cancelled one without address bars an order whose payment comes later';

CREATE TABLE shipment_events (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shipment_id uuid NOT NULL REFERENCES shipments (id),
  at          timestamptz NOT NULL,
  state       text NOT NULL,
  note        text NOT NULL
);
CREATE INDEX shipment_events_by_shipment ON shipment_events (shipment_id, id);
COMMENT ON TABLE shipment_events IS 'What whoever follows the parcel is told: no people, no streets';

CREATE FUNCTION check_shipment_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state NOT IN ('preparing', 'cancelled') THEN
      RAISE EXCEPTION 'shipment % cannot begin as %', NEW.id, NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'shipment_moves';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
    ('preparing', 'dispatched'), ('preparing', 'cancelled'),
    ('dispatched', 'in-transit'), ('dispatched', 'out-for-delivery'), ('dispatched', 'delivered'), ('dispatched', 'lost'),
    ('in-transit', 'out-for-delivery'), ('in-transit', 'delivered'), ('in-transit', 'lost'),
    ('out-for-delivery', 'delivered'), ('out-for-delivery', 'lost')
  ) THEN
    RAISE EXCEPTION 'shipment % cannot move from % to %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'shipment_moves';
  END IF;
  IF (NEW.id, NEW.order_id, NEW.carrier, NEW.shipping, NEW.country, NEW.lines)
       IS DISTINCT FROM (OLD.id, OLD.order_id, OLD.carrier, OLD.shipping, OLD.country, OLD.lines)
    OR OLD.tracking_number IS NOT NULL AND NEW.tracking_number IS DISTINCT FROM OLD.tracking_number
    OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at
    OR NEW.ship_to IS DISTINCT FROM OLD.ship_to AND NOT (OLD.ended_at IS NOT NULL AND NEW.ship_to IS NULL)
    OR NEW.carrier_events < OLD.carrier_events
  THEN
    RAISE EXCEPTION 'shipment %: what was agreed or happened never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'shipment_facts';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER shipment_moves BEFORE INSERT OR UPDATE ON shipments FOR EACH ROW EXECUTE FUNCTION check_shipment_move();
