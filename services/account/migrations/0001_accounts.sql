CREATE TABLE accounts (
  id            uuid PRIMARY KEY,
  email         text UNIQUE CHECK (email !~ '[A-Z]'),
  name          text,
  -- In the PHC format, which carries the parameters that it was made with.
  password_hash text CHECK (password_hash LIKE '$argon2id$%'),
  roles         text[] NOT NULL DEFAULT '{customer}' CHECK (
                  roles <@ '{customer,support,merchant,admin}' AND 'customer' = ANY (roles)),
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  locked_at     timestamptz,
  deleted_at    timestamptz,
  CHECK (num_nonnulls(email, name, password_hash) = CASE WHEN deleted_at IS NULL THEN 3 ELSE 0 END),
  CHECK (deleted_at IS NULL OR roles = '{customer}')
);
CREATE INDEX accounts_admins ON accounts (id) WHERE 'admin' = ANY (roles);
COMMENT ON TABLE accounts IS 'A deleted account keeps its id, which orders and ledgers name, and nothing about a person';

CREATE FUNCTION check_account_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.deleted_at IS NOT NULL OR (NEW.id, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.created_at) THEN
    RAISE EXCEPTION 'account %: what is deleted stays so, and ids never change', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'account_moves';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER account_moves BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION check_account_move();

-- Two admins who demote each other at the same moment take turns here; the second finds nobody left.
CREATE FUNCTION keep_one_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('accounts.last_admin'));
  IF NOT EXISTS (
    SELECT FROM accounts
    WHERE 'admin' = ANY (roles) AND locked_at IS NULL AND deleted_at IS NULL AND id <> OLD.id
  ) THEN
    RAISE EXCEPTION 'account % is the last admin that can be used', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'last_admin';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER last_admin BEFORE UPDATE ON accounts FOR EACH ROW
  WHEN ('admin' = ANY (OLD.roles) AND OLD.locked_at IS NULL
        AND ('admin' <> ALL (NEW.roles) OR NEW.locked_at IS NOT NULL OR NEW.deleted_at IS NOT NULL))
  EXECUTE FUNCTION keep_one_admin();

CREATE FUNCTION refuse_account_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'accounts are made anonymous, never removed'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_stay';
END $$;
CREATE TRIGGER accounts_stay BEFORE DELETE OR TRUNCATE ON accounts
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_account_removal();

CREATE TABLE registrations (
  token_hash    bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  email         text NOT NULL,
  name          text NOT NULL,
  password_hash text CHECK (password_hash LIKE '$argon2id$%'),
  account_id    uuid REFERENCES accounts (id),
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at    timestamptz NOT NULL,
  CHECK ((account_id IS NULL) = (password_hash IS NOT NULL))
);
CREATE INDEX registrations_by_email ON registrations (email);
CREATE INDEX registrations_by_end ON registrations (expires_at);
COMMENT ON TABLE registrations IS 'Wait for the link in their mail to be followed. Several of one address do not meet: whoever owns it follows the link of their own';

CREATE TABLE sessions (
  id         uuid PRIMARY KEY,
  account_id uuid NOT NULL REFERENCES accounts (id),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz,
  ended_by   text CHECK (ended_by IN ('logout', 'logout-everywhere', 'password', 'reuse', 'lock', 'deletion')),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE FUNCTION check_session_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL OR (NEW.id, NEW.account_id, NEW.expires_at)
    IS DISTINCT FROM (OLD.id, OLD.account_id, OLD.expires_at)
  THEN
    RAISE EXCEPTION 'session %: what is over stays so, and nothing but its end changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'session_moves';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER session_moves BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION check_session_move();

CREATE TABLE refresh_tokens (
  hash       bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  used_at    timestamptz
);
CREATE UNIQUE INDEX refresh_tokens_usable ON refresh_tokens (session_id) WHERE used_at IS NULL;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
COMMENT ON TABLE refresh_tokens IS 'All that a session ever had, so that a stolen one is recognised; one of them can be used';

CREATE TABLE password_resets (
  token_hash bytea PRIMARY KEY CHECK (octet_length(token_hash) = 32),
  account_id uuid NOT NULL REFERENCES accounts (id),
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX password_resets_by_account ON password_resets (account_id);
CREATE INDEX password_resets_by_end ON password_resets (expires_at);
