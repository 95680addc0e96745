CREATE TABLE provider_events (
  provider    text NOT NULL,
  event_id    text NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (provider, event_id)
);
CREATE INDEX provider_events_by_age ON provider_events (received_at);
COMMENT ON TABLE provider_events IS 'Webhook events whose effect is committed; a second delivery is recognised here';
