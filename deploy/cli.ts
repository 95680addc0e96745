/** Entry of `npm run up | preview | destroy | render | status`. */

import { keepCompiledCode } from "../command-line/compile-cache.ts";

keepCompiledCode();
await import("./main.ts");
