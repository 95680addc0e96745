-- What there is to buy. A SKU, once given, stays: orders and reservations name it for ever.
CREATE TABLE product (
  sku text PRIMARY KEY CHECK (sku ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  description text NOT NULL CHECK (length(description) <= 10000),
  -- In the currency's minor unit; at most 2^53 - 1, so that JSON keeps it.
  price bigint NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  images text[] NOT NULL DEFAULT '{}',
  search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', description), 'B')
  ) STORED
);

CREATE INDEX product_search ON product USING gin (search);

-- How many of a product may still be promised. Apart from `product`, because it changes with every order; the
-- free space in its pages lets those updates stay in place (HOT).
CREATE TABLE stock (
  sku text PRIMARY KEY REFERENCES product,
  -- The last line of defence against overselling: no code path can get past it.
  available integer NOT NULL CHECK (available >= 0)
) WITH (fillfactor = 50);
