CREATE TABLE signing_keys (
  id         text PRIMARY KEY,
  public_x   text NOT NULL CHECK (public_x ~ '^[A-Za-z0-9_-]{43}$'),
  -- The private part, encrypted under KEY_ENCRYPTION_KEY.
  sealed     bytea NOT NULL,
  signs_from timestamptz NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE signing_keys IS 'Published from the moment they are here; the newest whose time has come signs';

CREATE FUNCTION refuse_key_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a signing key never changes; make a further one' USING ERRCODE = 'check_violation', CONSTRAINT = 'keys_stay';
END $$;
CREATE TRIGGER keys_stay BEFORE UPDATE ON signing_keys FOR EACH STATEMENT EXECUTE FUNCTION refuse_key_change();
