/**
 * Entry of `npm run up | preview | destroy | render | status`. Compiled code is kept between runs, here and in the
 * process that runs the program: loading the SDK takes most of the time of a render.
 */

import { enableCompileCache } from "node:module";
import { join } from "node:path";

const { directory } = enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/node"));
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;
await import("./main.ts");
