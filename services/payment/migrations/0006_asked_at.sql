ALTER TABLE payments ADD COLUMN asked_at timestamptz NOT NULL DEFAULT clock_timestamp();
COMMENT ON COLUMN payments.asked_at IS 'When the provider was last asked for the money; one whose answer got lost is looked for around it';
