import { type Static, Type } from "typebox";
import { Currency, MinorUnits } from "./money.ts";
import { Rating } from "./rating.ts";

/** Stock keeping unit: what a product's variant is ordered by. */
export const Sku = Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9._-]+$" });
/** What a product is called in addresses; its variants have SKUs. */
export const ProductId = Type.String({ minLength: 1, maxLength: 64, pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" });
/** Most pieces of one line. */
export const MAX_QUANTITY = 1000;
/** Pieces of one line. */
export const Quantity = Type.Integer({ minimum: 1, maximum: MAX_QUANTITY });
/** Most different goods in one order. */
export const MAX_LINES = 50;

/** What a category is called in addresses. */
export const CategoryId = ProductId;
/** Path or URL of a picture, ready for `src`. */
const ImageUrl = Type.String({ minLength: 1 });

export const Image = Type.Object({
  url: ImageUrl,
  /** What it shows, for those who cannot see it. */
  alt: Type.String(),
});
export type Image = Static<typeof Image>;

/** What is ordered: a product in one of its sizes, colours and so on. */
export const Variant = Type.Object({
  sku: Sku,
  /** One value for each of the product's options, such as `{ "Size": "Large" }`; empty where it has none. */
  options: Type.Record(Type.String(), Type.String()),
  price: MinorUnits,
  /** Pieces that can be reserved now. */
  available: Type.Integer({ minimum: 0 }),
  /** The product's picture that shows this variant. */
  image: Type.Optional(ImageUrl),
});
export type Variant = Static<typeof Variant>;

/** A product as its page shows it. `GET /products/{id}`. */
export const Product = Type.Object({
  id: ProductId,
  name: Type.String(),
  description: Type.String(),
  category: Type.Object({ id: CategoryId, name: Type.String() }),
  images: Type.Array(Image),
  /** What its variants differ in, in the order to show; empty where there is only one. */
  options: Type.Array(Type.Object({ name: Type.String(), values: Type.Array(Type.String()) })),
  /** The first one is shown first. */
  variants: Type.Array(Variant, { minItems: 1 }),
  currency: Currency,
  rating: Type.Union([Rating, Type.Null()]),
});
export type Product = Static<typeof Product>;

/** A product as lists show it. */
export const ProductCard = Type.Object({
  id: ProductId,
  name: Type.String(),
  category: Type.Object({ id: CategoryId, name: Type.String() }),
  image: Type.Union([Image, Type.Null()]),
  /** Prices of the cheapest and of the dearest variant. */
  priceFrom: MinorUnits,
  priceTo: MinorUnits,
  currency: Currency,
  rating: Type.Union([Rating, Type.Null()]),
  /** Whether any variant can be reserved now. */
  available: Type.Boolean(),
  /** Its only variant's, so that it can be put into the cart at once. */
  sku: Type.Optional(Sku),
});
export type ProductCard = Static<typeof ProductCard>;

/**
 * - `relevance`: what fits the search best; the newest first where nothing is searched for
 * - `price-asc`, `price-desc`: by the price of the cheapest variant
 * - `rating`: the best first; a few reviews weigh less than many
 * - `name`, `newest`
 */
export const PRODUCT_SORTS = ["relevance", "price-asc", "price-desc", "rating", "name", "newest"] as const;
export type ProductSort = (typeof PRODUCT_SORTS)[number];

/** What `GET /products` may be asked for. */
export const ProductQuery = Type.Object(
  {
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        // PostgreSQL's texts hold every character but this one.
        pattern: "^[^\\u0000]*$",
        description:
          'Words to look for, the last one perhaps unfinished; "quoted phrases", `or` and -exclusions work',
      }),
    ),
    category: Type.Optional(CategoryId),
    minPrice: Type.Optional(MinorUnits),
    maxPrice: Type.Optional(MinorUnits),
    inStock: Type.Boolean({ default: false, description: "Only what can be reserved now" }),
    sort: Type.Enum(PRODUCT_SORTS, { default: "relevance" }),
    limit: Type.Integer({ minimum: 1, maximum: 100, default: 24 }),
    after: Type.Optional(Type.String({ maxLength: 2000, description: "`next` of the page before" })),
  },
  { additionalProperties: false },
);
export type ProductQuery = Static<typeof ProductQuery>;

/** Some products, and where to go on. `GET /products`. */
export const ProductPage = Type.Object({
  items: Type.Array(ProductCard),
  next: Type.Union([Type.String(), Type.Null()], {
    description: "Pass it as `after` to get the next page; null on the last one",
  }),
});
export type ProductPage = Static<typeof ProductPage>;

export const Category = Type.Object({
  id: CategoryId,
  name: Type.String(),
  /** How many products of it are sold. */
  products: Type.Integer({ minimum: 0 }),
});
export type Category = Static<typeof Category>;

/** `GET /categories`, in the order to show. */
export const Categories = Type.Object({ items: Type.Array(Category) });
export type Categories = Static<typeof Categories>;

/** A variant as carts and quotes need it, by its SKU. */
export const PricedVariant = Type.Object({
  sku: Sku,
  productId: ProductId,
  /** The product's name with the variant's options, such as `Desk lamp, oak`. */
  name: Type.String(),
  unitPrice: MinorUnits,
  currency: Currency,
  available: Type.Integer({ minimum: 0 }),
  image: Type.Optional(Type.String()),
});
export type PricedVariant = Static<typeof PricedVariant>;

/** `GET /variants?sku=A&sku=B`, at most {@link MAX_LINES} of them; those that are not sold are left out. */
export const PricedVariants = Type.Object({ items: Type.Array(PricedVariant) });
export type PricedVariants = Static<typeof PricedVariants>;

/** `PUT /reservations/{orderId}`: holds stock for an order for a while. Idempotent. */
export const ReservationRequest = Type.Object(
  {
    lines: Type.Array(Type.Object({ sku: Sku, quantity: Quantity }, { additionalProperties: false }), {
      minItems: 1,
      maxItems: MAX_LINES,
    }),
    ttlSeconds: Type.Integer({ minimum: 1, maximum: 3600 }),
  },
  { additionalProperties: false },
);
export type ReservationRequest = Static<typeof ReservationRequest>;

/** The stock that is held, with the prices that hold for this order. */
export const Reservation = Type.Object({
  orderId: Type.String({ format: "uuid" }),
  currency: Currency,
  lines: Type.Array(
    Type.Object({
      sku: Sku,
      productId: ProductId,
      quantity: Quantity,
      unitPrice: MinorUnits,
      /** As in {@link PricedVariant}, at the moment that it was reserved. */
      name: Type.String(),
    }),
    { minItems: 1 },
  ),
  expiresAt: Type.String({ format: "date-time" }),
});
export type Reservation = Static<typeof Reservation>;

/** Path of an order's reservation. */
export const reservationPath = (orderId: string): string => `/reservations/${orderId}`;

/**
 * `POST /reservations/{orderId}/returns`, with an `Idempotency-Key`: goods of a confirmed reservation come back and
 * may be sold again; all that have not come back yet where no lines are named.
 */
export const ReturnRequest = Type.Object(
  {
    lines: Type.Optional(
      Type.Array(Type.Object({ sku: Sku, quantity: Quantity }, { additionalProperties: false }), {
        minItems: 1,
        maxItems: MAX_LINES,
      }),
    ),
  },
  { additionalProperties: false },
);
export type ReturnRequest = Static<typeof ReturnRequest>;

/** The answer to a return: what has come back by it. Empty where everything was back before. */
export const ReturnedGoods = Type.Object({
  orderId: Type.String({ format: "uuid" }),
  lines: Type.Array(Type.Object({ sku: Sku, quantity: Quantity })),
});
export type ReturnedGoods = Static<typeof ReturnedGoods>;

/** Path of the returns of an order. */
export const returnsPath = (orderId: string): string => `${reservationPath(orderId)}/returns`;

/** Kinds of problem that the catalog answers reservations with. */
export const CATALOG_PROBLEMS = {
  /** 404: a SKU that is not sold. Extension: `sku`. */
  unknownSku: "unknown-sku",
  /** 409: less than asked for is left. Extensions: `sku`, `available`. */
  outOfStock: "out-of-stock",
  /** 422: the lines have prices in different currencies. Extension: `currencies`. */
  mixedCurrencies: "mixed-currencies",
  /** 404: confirmed before it was made. */
  unknownReservation: "unknown-reservation",
  /** 409: the order has a reservation with other lines. */
  reservationDiffers: "reservation-differs",
  /** 410: the reservation has expired or was released; it never comes back, nor do goods of it. Extension: `state`. */
  reservationGone: "reservation-gone",
  /** 409: the reservation is confirmed and cannot be released. */
  reservationConfirmed: "reservation-confirmed",
  /**
   * 409: more comes back than was sold (extensions: `sku`, `returnable`), or the reservation is held and not confirmed
   * (extension: `state`).
   */
  notReturnable: "not-returnable",
  /** 404 */
  unknownProduct: "unknown-product",
  /** 404 */
  unknownImage: "unknown-image",
  /** 409: the SKU belongs to another product, for ever. Extensions: `sku`, `productId`. */
  skuTaken: "sku-taken",
} as const;
