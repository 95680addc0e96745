/**
 * Runs the order service as a process of its own, for tests that kill it. Prints the URL of its API and goes on
 * until then.
 */
import { createLogger } from "../../chassis/index.ts";
import { startService } from "../../chassis/service.ts";
import { orderService } from "../src/order-service.ts";

const log = createLogger("silent", { name: "order", version: "0", pod: "test" });
const { apiUrl } = await startService(orderService, {
  environment: process.env,
  log,
  apiPort: 0,
  adminPort: 0,
  host: "127.0.0.1",
});
console.log(apiUrl);
