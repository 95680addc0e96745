import { runService } from "../../chassis/index.ts";
import { catalogService } from "./catalog.ts";

await runService(catalogService);
