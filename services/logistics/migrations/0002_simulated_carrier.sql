-- A carrier is somebody else's system. This one lives in a schema of its own, and nothing else looks into it.
CREATE SCHEMA simulated_carrier;

CREATE TABLE simulated_carrier.parcels (
  -- What the sender calls it.
  reference       uuid PRIMARY KEY,
  tracking_number text UNIQUE,
  -- How its journey goes, which is all that is kept of its address.
  fate            text CHECK (fate IN ('delivered', 'delayed', 'lost', 'returned')),
  hubs            smallint CHECK (hubs BETWEEN 1 AND 9),
  booked_at       timestamptz,
  cancelled_at    timestamptz,
  CHECK (num_nulls(tracking_number, fate, hubs, booked_at) IN (0, 4)),
  CHECK (tracking_number IS NOT NULL OR cancelled_at IS NOT NULL)
);
COMMENT ON TABLE simulated_carrier.parcels IS 'One that was cancelled before it was booked bars a booking that comes late';
