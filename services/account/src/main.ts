import { runService } from "../../chassis/index.ts";
import { accountService } from "./account-service.ts";

await runService(accountService);
