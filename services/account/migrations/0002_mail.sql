CREATE TABLE mail (
  id              uuid PRIMARY KEY,
  kind            text NOT NULL CHECK (kind IN
                    ('verify-email', 'already-registered', 'reset-password', 'password-changed')),
  recipient_hash  bytea NOT NULL,
  -- Address, name and token, encrypted: a copy of this table opens no account.
  sealed          bytea,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at      timestamptz NOT NULL,
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at         timestamptz,
  refused_at      timestamptz,
  CHECK (num_nonnulls(sealed, sent_at, refused_at) = 1)
);
CREATE INDEX mail_waiting ON mail (next_attempt_at) WHERE sealed IS NOT NULL;
CREATE INDEX mail_by_recipient ON mail (recipient_hash, kind, created_at);
CREATE INDEX mail_by_end ON mail (expires_at);
COMMENT ON TABLE mail IS 'Stored in the transaction of its cause; what was sent or refused keeps nothing that could be read';
