/** Entry of `npm run load`. */

import { keepCompiledCode } from "../command-line/compile-cache.ts";

keepCompiledCode();
await import("./load-main.ts");
