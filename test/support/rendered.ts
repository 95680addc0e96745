import { join } from "node:path";
import { type Deployment, readDeployment } from "../../deploy/stack/wanted.ts";

// Each run is a process of its own: compiled code is kept from one to the next.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "..", "..", "node_modules", ".cache", "node");

const renderings = new Map<string, Promise<Deployment>>();

/** What the unmodified program of a stack wants, run once for all the test files that share this process. */
export function rendered(stack: string): Promise<Deployment> {
  const known = renderings.get(stack) ?? readDeployment(stack, "any");
  renderings.set(stack, known);
  return known;
}
