import { runService } from "../../chassis/index.ts";
import { paymentService } from "./payment-service.ts";

await runService(paymentService);
