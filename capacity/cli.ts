/** Entry of `npm run plan`. */

import { keepCompiledCode } from "../command-line/compile-cache.ts";

keepCompiledCode();
await import("./main.ts");
