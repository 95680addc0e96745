import { catalog } from "../../catalog/service.ts";
import {
  anotherConnection,
  clientAddress,
  createRateLimiter,
  integer,
  limitedUnit,
  readyWithin,
  type Service,
  tooManyRequests,
} from "../../chassis/index.ts";
import { cart } from "../service.ts";
import { CartStore } from "./cart-store.ts";
import { CatalogPrices } from "./catalog-prices.ts";
import { ReplicatedWrites } from "./replicated-writes.ts";
import { registerCartRoutes } from "./routes.ts";

const settings = {
  /** How long a change waits for a replica of Redis to have it, in milliseconds; it is answered either way. */
  REPLICATION_TIMEOUT_MILLISECONDS: integer(1, 500, 50),
  /** New carts a minute of guests at one address; a shopper needs one in weeks. */
  NEW_CARTS_PER_MINUTE: integer(1, 1_000_000, 30),
  NEW_CARTS_BURST: integer(1, 1_000_000, 30),
};

/** A new replica takes no requests before it has its connections, or has waited so long for them. */
const CONNECTION_PATIENCE_MS = 3000;

/** Shopping carts, ready to be run. */
export const cartService: Service<typeof settings> = {
  description: cart,
  settings,
  migrations: undefined,
  async setup({ api, redis, client, metrics, log, settings }) {
    const unpriced = metrics.counter(
      "cart_prices_unavailable_total",
      "Carts shown without prices because the catalog gave no answer",
    );
    const writing = anotherConnection(redis, log);
    api.addHook("onClose", async () => writing.disconnect());
    const writes = new ReplicatedWrites(writing, settings.REPLICATION_TIMEOUT_MILLISECONDS);
    const prices = new CatalogPrices(client(catalog), log, () => unpriced.inc());
    const refused = metrics.counter(
      "cart_new_carts_refused_total",
      "New carts refused as too many of one address",
    );
    const uncounted = metrics.counter(
      "cart_new_carts_uncounted_total",
      "New carts allowed uncounted because Redis was late",
    );
    const limit = {
      name: "guest-carts",
      perSecond: settings.NEW_CARTS_PER_MINUTE / 60,
      burst: settings.NEW_CARTS_BURST,
    };
    const limiter = createRateLimiter(redis, () => uncounted.inc());
    registerCartRoutes(api, {
      store: new CartStore(redis, writes),
      prices,
      async newCarts(request) {
        const excess = await limiter([{ limit, unit: limitedUnit(clientAddress(request)) }]);
        if (excess === undefined) return;
        refused.inc();
        throw tooManyRequests(excess);
      },
    });
    await Promise.all([redis, writing].map((connection) => readyWithin(CONNECTION_PATIENCE_MS, connection)));
  },
};
