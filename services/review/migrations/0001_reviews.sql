CREATE TABLE purchases (
  user_id    uuid NOT NULL,
  product_id text NOT NULL,
  order_id   uuid NOT NULL,
  bought_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (user_id, product_id)
);
COMMENT ON TABLE purchases IS 'Who bought what, with the first order of it: nobody else may review it';

CREATE TABLE reviews (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL,
  product_id text NOT NULL,
  stars      smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
  title      text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 120),
  text       text NOT NULL CHECK (char_length(text) <= 4000),
  author     text NOT NULL CHECK (char_length(author) BETWEEN 1 AND 60),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (user_id, product_id),
  FOREIGN KEY (user_id, product_id) REFERENCES purchases (user_id, product_id)
);
CREATE INDEX reviews_by_product ON reviews (product_id, id DESC);

CREATE FUNCTION check_review_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.user_id, NEW.product_id, NEW.created_at)
    IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.product_id, OLD.created_at)
  THEN
    RAISE EXCEPTION 'review %: who wrote it about what never changes', OLD.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'review_facts';
  END IF;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER review_facts BEFORE UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION check_review_facts();

CREATE TABLE product_ratings (
  product_id   text PRIMARY KEY,
  histogram    integer[] NOT NULL DEFAULT '{0,0,0,0,0}'
                 CHECK (cardinality(histogram) = 5 AND 0 <= ALL (histogram)),
  review_count integer NOT NULL GENERATED ALWAYS AS
                 (histogram[1] + histogram[2] + histogram[3] + histogram[4] + histogram[5]) STORED,
  stars_sum    bigint NOT NULL GENERATED ALWAYS AS
                 (histogram[1] + 2::bigint * histogram[2] + 3::bigint * histogram[3] + 4::bigint * histogram[4]
                  + 5::bigint * histogram[5]) STORED,
  version      bigint NOT NULL DEFAULT 1
);
COMMENT ON TABLE product_ratings IS 'What the reviews of each product add up to, kept by the triggers of reviews';
COMMENT ON COLUMN product_ratings.histogram IS 'How many reviews gave one star, two, … five';
COMMENT ON COLUMN product_ratings.version IS 'Grows with each change; the row stays when its last review is gone, so that it never starts anew';

-- The row of the rating is locked until the change commits: changes of one product, and their events, take turns.
CREATE FUNCTION count_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  product text := coalesce(NEW.product_id, OLD.product_id);
BEGIN
  INSERT INTO product_ratings (product_id) VALUES (product)
    ON CONFLICT (product_id) DO UPDATE SET version = product_ratings.version + 1;
  IF TG_OP <> 'INSERT' THEN
    UPDATE product_ratings SET histogram[OLD.stars] = histogram[OLD.stars] - 1 WHERE product_id = product;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE product_ratings SET histogram[NEW.stars] = histogram[NEW.stars] + 1 WHERE product_id = product;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER review_counted AFTER INSERT OR UPDATE OR DELETE ON reviews
  FOR EACH ROW EXECUTE FUNCTION count_review();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER ratings_follow_reviews BEFORE INSERT OR UPDATE OR DELETE ON product_ratings
  FOR EACH ROW WHEN (pg_trigger_depth() = 0)
  EXECUTE FUNCTION refuse_change('ratings follow from reviews; change those instead');
CREATE TRIGGER ratings_never_emptied BEFORE TRUNCATE ON product_ratings
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('ratings follow from reviews; change those instead');
CREATE TRIGGER reviews_counted_one_by_one BEFORE TRUNCATE ON reviews
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('delete reviews, so that each is taken out of its rating');

CREATE TABLE review_removals (
  review_id  uuid PRIMARY KEY,
  product_id text NOT NULL,
  user_id    uuid NOT NULL,
  stars      smallint NOT NULL,
  title      text NOT NULL,
  text       text NOT NULL,
  author     text NOT NULL,
  created_at timestamptz NOT NULL,
  removed_by uuid NOT NULL,
  reason     text,
  removed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE review_removals IS 'Reviews that somebody else than their author removed, who did it and why';
CREATE TRIGGER removals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON review_removals
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('removals are only ever added');
