CREATE TABLE login_attempts (
  unit          text PRIMARY KEY,
  level         double precision NOT NULL DEFAULT 0 CHECK (level >= 0),
  counted_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  blocked_until timestamptz NOT NULL DEFAULT '-infinity'
);
CREATE INDEX login_attempts_by_age ON login_attempts (counted_at);
COMMENT ON TABLE login_attempts IS 'Counts while Redis cannot; units are hashed';
