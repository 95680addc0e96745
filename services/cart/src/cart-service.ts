import { catalog } from "../../catalog/service.ts";
import { anotherConnection, integer, readyWithin, type Service } from "../../chassis/index.ts";
import { cart } from "../service.ts";
import { CartStore } from "./cart-store.ts";
import { CatalogPrices } from "./catalog-prices.ts";
import { ReplicatedWrites } from "./replicated-writes.ts";
import { registerCartRoutes } from "./routes.ts";

const settings = {
  /** How long a change waits for a replica of Redis to have it, in milliseconds; it is answered either way. */
  REPLICATION_TIMEOUT_MILLISECONDS: integer(1, 500, 50),
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
    registerCartRoutes(api, new CartStore(redis, writes), prices);
    await Promise.all([redis, writing].map((connection) => readyWithin(CONNECTION_PATIENCE_MS, connection)));
  },
};
