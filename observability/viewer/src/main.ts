import { runService } from "../../../services/chassis/index.ts";
import { viewerService } from "./viewer.ts";

await runService(viewerService);
