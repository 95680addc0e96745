import { runService } from "../../chassis/index.ts";
import { orderService } from "./order-service.ts";

await runService(orderService);
