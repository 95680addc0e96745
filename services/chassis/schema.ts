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
  {
    name: "chassis/0002_inbox_keeps_order",
    sql: `
ALTER TABLE inbox
  ADD COLUMN state       text NOT NULL DEFAULT 'handled' CHECK (state IN ('waiting', 'dead', 'handled')),
  -- Publisher and thing: events of one stream are handled one after the other, by their sequence.
  ADD COLUMN stream      text NOT NULL DEFAULT '',
  ADD COLUMN sequence    bigint NOT NULL DEFAULT 0,
  -- Kept no longer than it is needed: it may be personal.
  ADD COLUMN payload     text,
  ADD COLUMN occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD COLUMN attempts    integer NOT NULL DEFAULT 0,
  -- When it is tried next. Somebody at work moves it on, as a lease.
  ADD COLUMN due_at      timestamptz,
  ADD CHECK ((state = 'handled') = (payload IS NULL)),
  ADD CHECK ((state = 'waiting') = (due_at IS NOT NULL));
ALTER TABLE inbox ALTER COLUMN state DROP DEFAULT, ALTER COLUMN stream DROP DEFAULT, ALTER COLUMN sequence DROP DEFAULT;
CREATE INDEX inbox_due ON inbox (due_at) WHERE state = 'waiting';
CREATE INDEX inbox_streams ON inbox (stream, sequence) WHERE state <> 'handled';
COMMENT ON TABLE inbox IS 'Events that were received: waiting, handled, or dead; by the id a second delivery is recognised';
`,
  },
  {
    name: "chassis/0003_events_belong_to_traces",
    sql: `
ALTER TABLE outbox ADD COLUMN traceparent text;
ALTER TABLE inbox ADD COLUMN traceparent text;
COMMENT ON COLUMN outbox.traceparent IS 'What led to the event, as W3C Trace Context writes it';
`,
  },
];

/**
 * Rows that housekeeping removes by one statement at the most. One that took all of them would be given up after the
 * statements' time, with everything that it had removed, as soon as there are too many; then there are ever more.
 */
export const FORGOTTEN_AT_ONCE = 5000;
