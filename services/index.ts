/** Every service of the platform; adding one here deploys it. */
import { catalog } from "./catalog/service.ts";
import type { ServiceDescription } from "./description.ts";
import { gateway } from "./gateway/service.ts";
import { order } from "./order/service.ts";
import { payment } from "./payment/service.ts";

export const services: readonly ServiceDescription[] = [gateway, catalog, order, payment];
