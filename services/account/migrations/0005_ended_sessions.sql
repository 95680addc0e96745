-- Sessions that ended are forgotten few at a time, and found without reading all of them.
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;
