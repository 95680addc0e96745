-- What there is to buy: products, and the variants of each, which are what is ordered.

CREATE TABLE category (
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(id) <= 64),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  -- Where it stands among the others.
  position integer NOT NULL
);

CREATE TABLE product (
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(id) <= 64),
  -- Grows with each new product: tells which one is newer.
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY UNIQUE,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  description text NOT NULL CHECK (length(description) <= 10000),
  category_id text NOT NULL REFERENCES category,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- Pictures in the order to show: {"alt", "url"}, or {"alt", "drawing"} for one that this service draws.
  images jsonb NOT NULL CHECK (jsonb_typeof(images) = 'array'),
  -- What the variants differ in: [{"name", "values"}].
  options jsonb NOT NULL CHECK (jsonb_typeof(options) = 'array'),
  -- Prices of the cheapest and the dearest variant, so that lists can be sorted and cut without reading variants.
  price_from bigint NOT NULL,
  price_to bigint NOT NULL CHECK (price_to >= price_from),
  rating_average numeric(3, 2) CHECK (rating_average BETWEEN 1 AND 5),
  rating_count integer CHECK (rating_count > 0),
  -- Of the last rating that was heard of; an older one that arrives late changes nothing.
  rating_version bigint NOT NULL DEFAULT 0,
  -- As if five people more had given three stars: one enthusiast does not outrank a hundred.
  rating_score float8 NOT NULL GENERATED ALWAYS AS (
    (coalesce(rating_average, 0) * coalesce(rating_count, 0) + 15)::float8 / (coalesce(rating_count, 0) + 5)
  ) STORED,
  -- No longer sold, since when.
  archived_at timestamptz,
  -- The name twice: as it is written, where the beginning of a word can be found, and by the stems of its words.
  search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', name), 'A')
      || setweight(to_tsvector('english', name), 'A')
      || setweight(jsonb_to_tsvector('english', options, '["string"]'), 'B')
      || setweight(to_tsvector('english', replace(category_id, '-', ' ')), 'B')
      || setweight(to_tsvector('english', description), 'C')
  ) STORED,
  CHECK ((rating_average IS NULL) = (rating_count IS NULL)),
  UNIQUE (id, currency)
);

CREATE INDEX product_search ON product USING gin (search);
CREATE INDEX product_by_category ON product (category_id) WHERE archived_at IS NULL;
CREATE INDEX product_by_name ON product (lower(name) COLLATE "C", id) WHERE archived_at IS NULL;
CREATE INDEX product_by_price ON product (price_from, id) WHERE archived_at IS NULL;
CREATE INDEX product_by_rating ON product (rating_score, id) WHERE archived_at IS NULL;

-- What a search for these words looks for. The last word may be unfinished, as somebody is still typing it.
CREATE FUNCTION product_query(words text) RETURNS tsquery LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN words ~ '(^|\s)[[:alnum:]]{2,}$' THEN
      websearch_to_tsquery('english', words) || (
        websearch_to_tsquery('english', regexp_replace(words, '[[:alnum:]]+$', ''))
          && to_tsquery('simple', substring(words FROM '[[:alnum:]]+$') || ':*')
      )
    ELSE websearch_to_tsquery('english', words)
  END
$$;

-- A SKU, once given, stays, and stays with its product: orders and reservations name it for ever.
CREATE TABLE variant (
  sku text PRIMARY KEY CHECK (sku ~ '^[A-Za-z0-9._-]{1,64}$'),
  product_id text NOT NULL,
  -- The product's, always: reservations need not read the product.
  currency text NOT NULL,
  -- The product's name with the options, such as `Linen cushion, sage`.
  title text NOT NULL,
  -- One value for each option of the product: {"Colour": "sage"}.
  options jsonb NOT NULL CHECK (jsonb_typeof(options) = 'object'),
  -- In the currency's minor unit; at most 2^53 - 1, so that JSON keeps it.
  price bigint NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991),
  position integer NOT NULL,
  -- Which of the product's images shows it, counted from 1.
  image integer CHECK (image > 0),
  -- Whether it can be ordered. One that was taken off its product stays, for those who have ordered it.
  sold boolean NOT NULL,
  FOREIGN KEY (product_id, currency) REFERENCES product (id, currency) ON UPDATE CASCADE
);

CREATE INDEX variant_by_product ON variant (product_id, position);
CREATE UNIQUE INDEX variant_options ON variant (product_id, options) WHERE sold;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'this change of % is not allowed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;

CREATE TRIGGER variant_keeps_product BEFORE UPDATE OF product_id ON variant
  FOR EACH ROW WHEN (NEW.product_id <> OLD.product_id) EXECUTE FUNCTION refuse_change();

-- How many of a variant may still be promised. Apart from `variant`, because it changes with every order; the free
-- space in its pages lets those updates stay in place (HOT).
CREATE TABLE stock (
  sku text PRIMARY KEY REFERENCES variant,
  -- The last line of defence against overselling: no code path can get past it.
  available integer NOT NULL CHECK (available >= 0)
) WITH (fillfactor = 50);

-- Why stock changed other than by a reservation, which tells of itself: what was counted, and what came back after it
-- was sold. Nothing in it is ever changed.
CREATE TABLE stock_movement (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  sku text NOT NULL REFERENCES stock,
  kind text NOT NULL CHECK (kind IN ('counted', 'returned')),
  change integer NOT NULL,
  available integer NOT NULL,
  -- Account of whoever counted.
  counted_by text CHECK ((counted_by IS NOT NULL) = (kind = 'counted')),
  -- Order whose goods came back.
  order_id uuid CHECK ((order_id IS NOT NULL) = (kind = 'returned'))
);

CREATE INDEX stock_movement_by_sku ON stock_movement (sku, id);
CREATE TRIGGER stock_movement_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movement
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
