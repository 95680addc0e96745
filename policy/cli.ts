/** Entry of `npm run policy`. Compiled code is kept between runs, as it is for `npm run up`. */

import { enableCompileCache } from "node:module";
import { join } from "node:path";

const { directory } = enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/node"));
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;
await import("./main.ts");
