import { runService } from "../../chassis/index.ts";
import { cartService } from "./cart-service.ts";

await runService(cartService);
