import { migrationsBeside, onEvent, type Service } from "../../chassis/index.ts";
import { orderPaid } from "../../contracts/order-events.ts";
import { review } from "../service.ts";
import { rememberPurchases } from "./purchases.ts";
import { ReviewStore } from "./review-store.ts";
import { registerReviewRoutes } from "./routes.ts";
import { seed } from "./seed.ts";

/** Reviews and ratings, ready to be run. */
export const reviewService: Service = {
  description: review,
  settings: {},
  migrations: migrationsBeside(import.meta.dirname),
  seed,
  setup({ api, database, wakeOutbox, consume }) {
    registerReviewRoutes(api, database, new ReviewStore(database, wakeOutbox));
    consume(onEvent(orderPaid, rememberPurchases));
  },
};
