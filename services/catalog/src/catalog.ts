import { integer, migrationsBeside, onEvent, type Service } from "../../chassis/index.ts";
import { productRated } from "../../contracts/review-api.ts";
import { catalog } from "../service.ts";
import { merchantRoutes } from "./merchant-routes.ts";
import { pictureRoutes } from "./picture-routes.ts";
import { ProductCache } from "./product-cache.ts";
import { productRoutes } from "./product-routes.ts";
import { rateProduct } from "./products.ts";
import { reservationRoutes } from "./reservation-routes.ts";
import { expire, purge } from "./reservations.ts";
import { returnRoutes } from "./return-routes.ts";
import { seed } from "./seed.ts";
import { stockRoutes } from "./stock-routes.ts";
import { watchStock } from "./stock-watch.ts";

/** How often each replica looks for reservations whose time is over. */
const EXPIRY_INTERVAL_MS = 1000;
/** Small enough that the stock rows it locks are free again within milliseconds. */
const EXPIRY_BATCH = 50;
/** How often each replica looks for reservations that need not be kept any longer. */
const PURGE_INTERVAL_MS = 3_600_000;
const PURGE_BATCH = 500;

const settings = {
  /** How long reservations that were released or expired are kept, in days. */
  RESERVATIONS_KEPT_DAYS: integer(1, 3650, 30),
  /** How long goods can be returned after they were sold, in days: the two years of the legal guarantee in the EU. */
  RETURNABLE_DAYS: integer(1, 3650, 730),
};

/** Goods and stock, ready to be run. */
export const catalogService: Service<typeof settings> = {
  description: catalog,
  settings,
  migrations: migrationsBeside(import.meta.dirname),
  seed,
  setup({ api, database, redis, metrics, settings, background, consume }) {
    const cacheMisses = metrics.counter(
      "catalog_cache_unavailable_total",
      "Times that the cache gave no answer and was done without",
    );
    const expired = metrics.counter(
      "catalog_reservations_expired_total",
      "Reservations that ran out of time",
    );
    const purged = metrics.counter("catalog_reservations_purged_total", "Old reservations that were deleted");
    const cache = new ProductCache(redis, () => cacheMisses.inc());

    productRoutes(api, database, cache);
    merchantRoutes(api, database, cache);
    pictureRoutes(api, database);
    stockRoutes(api, database, cache);
    reservationRoutes(api, database, cache);
    returnRoutes(api, database, cache);
    watchStock({ database, metrics, background });

    consume(
      onEvent(productRated, async (transaction, event) => {
        // Told before it is committed: the cache takes nothing in for longer than that takes.
        if (await rateProduct(transaction, event)) await cache.edited([event.productId]);
      }),
    );
    background("reservation expiry", EXPIRY_INTERVAL_MS, async () => {
      const batch = await expire(database, EXPIRY_BATCH);
      expired.inc(batch.expired);
      await cache.stockChanged(batch.changedProducts);
      return batch.expired === EXPIRY_BATCH;
    });
    background("reservation purge", PURGE_INTERVAL_MS, async () => {
      const { RESERVATIONS_KEPT_DAYS, RETURNABLE_DAYS } = settings;
      const count = await purge(database, RESERVATIONS_KEPT_DAYS, RETURNABLE_DAYS, PURGE_BATCH);
      purged.inc(count);
      return count >= PURGE_BATCH;
    });
  },
};
