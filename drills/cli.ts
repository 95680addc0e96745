/** Entry of `npm run drill`. */

import { keepCompiledCode } from "../command-line/compile-cache.ts";

keepCompiledCode();
await import("./main.ts");
