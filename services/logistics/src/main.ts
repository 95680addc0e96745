import { runService } from "../../chassis/index.ts";
import { logisticsService } from "./logistics-service.ts";

await runService(logisticsService);
