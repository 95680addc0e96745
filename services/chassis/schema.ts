/**
 * The tables that the chassis itself keeps in every service's database. They are migrated like the service's
 * own, before them. A change is a further entry; an applied one is never edited.
 */
export const CHASSIS_MIGRATIONS = [
  {
    name: "chassis/0001_outbox_inbox_idempotency",
    sql: `
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id   uuid NOT NULL DEFAULT gen_random_uuid(),
  routing_key  text NOT NULL,
  aggregate_id text NOT NULL,
  payload      text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX outbox_by_aggregate ON outbox (aggregate_id, id);
COMMENT ON TABLE outbox IS 'Events that were committed with their cause and are not yet confirmed by the broker';

CREATE TABLE inbox (
  message_id  uuid PRIMARY KEY,
  routing_key text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX inbox_by_age ON inbox (received_at);
COMMENT ON TABLE inbox IS 'Messages whose effect is committed; a second delivery is recognised here';

CREATE TABLE idempotency_keys (
  scope        text NOT NULL,
  key          text NOT NULL,
  request_hash text NOT NULL,
  status       smallint,
  response     text,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (scope, key),
  CHECK ((status IS NULL) = (response IS NULL))
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
COMMENT ON TABLE idempotency_keys IS 'Answers that are given again when a request is repeated';
`,
  },
];
