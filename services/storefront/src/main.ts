import { runService } from "../../chassis/index.ts";
import { storefrontService } from "./storefront.ts";

await runService(storefrontService);
