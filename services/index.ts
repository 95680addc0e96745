/** Every service of the platform; adding one here deploys it. */
import { account } from "./account/service.ts";
import { cart } from "./cart/service.ts";
import { catalog } from "./catalog/service.ts";
import type { ServiceDescription } from "./description.ts";
import { gateway } from "./gateway/service.ts";
import { logistics } from "./logistics/service.ts";
import { order } from "./order/service.ts";
import { payment } from "./payment/service.ts";
import { review } from "./review/service.ts";
import { storefront } from "./storefront/service.ts";

export const services: readonly ServiceDescription[] = [
  storefront,
  gateway,
  catalog,
  review,
  cart,
  order,
  payment,
  logistics,
  account,
];
