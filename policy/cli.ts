/** Entry of `npm run policy`. */

import { keepCompiledCode } from "../command-line/compile-cache.ts";

keepCompiledCode();
await import("./main.ts");
