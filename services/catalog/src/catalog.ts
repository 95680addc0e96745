import { migrationsBeside, type Service, type ServiceContext } from "../../chassis/index.ts";
import { catalog } from "../service.ts";
import { ProductCache } from "./product-cache.ts";
import { productRoutes } from "./product-routes.ts";
import { reservationRoutes } from "./reservation-routes.ts";
import { expire } from "./reservations.ts";
import { seed } from "./seed.ts";
import { stockRoutes } from "./stock-routes.ts";

/** How often each replica looks for reservations whose time is over. */
const EXPIRY_INTERVAL_MS = 1000;
/** Small enough that the stock rows it locks are free again within milliseconds. */
const EXPIRY_BATCH = 50;

function setup({ api, database, redis, metrics, background }: ServiceContext): void {
  const cacheMisses = metrics.counter(
    "catalog_cache_unavailable_total",
    "Times that the cache gave no answer and was done without",
  );
  const expired = metrics.counter("catalog_reservations_expired_total", "Reservations that ran out of time");
  const cache = new ProductCache(redis, () => cacheMisses.inc());

  productRoutes(api, database, cache);
  reservationRoutes(api, database, cache);
  stockRoutes(api, database, cache);
  background("reservation expiry", EXPIRY_INTERVAL_MS, async () => {
    const batch = await expire(database, EXPIRY_BATCH);
    expired.inc(batch.expired);
    await cache.changed(batch.changedSkus);
    return batch.expired === EXPIRY_BATCH;
  });
}

/** Goods and stock, ready to be run. */
export const catalogService: Service = {
  description: catalog,
  settings: {},
  migrations: migrationsBeside(import.meta.dirname),
  seed,
  setup,
};
