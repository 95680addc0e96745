import { runService } from "../../chassis/index.ts";
import { reviewService } from "./review-service.ts";

await runService(reviewService);
