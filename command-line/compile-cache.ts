import { enableCompileCache } from "node:module";
import { join } from "node:path";

/**
 * Keeps compiled code between runs, here and in processes that this one starts: loading the SDK takes most of the time
 * of a render. To be called before what is heavy is imported.
 */
export function keepCompiledCode(): void {
  const { directory } = enableCompileCache(join(import.meta.dirname, "../node_modules/.cache/node"));
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;
}
