import { runService } from "../../chassis/index.ts";
import { gatewayService } from "./gateway.ts";

await runService(gatewayService);
