import type { Resources } from "../services/description.ts";
import { parseQuantity } from "./quantity.ts";

/**
 * Has a program in Go collect garbage harder before its memory limit is reached, rather than be ended.
 *
 * @param share Part of the limit from which on it does, above 0 and up to 1.
 * @returns The variable that Go's runtime reads, in bytes.
 */
export const goMemoryLimit = ({ memory }: Resources, share: number) => ({
  name: "GOMEMLIMIT",
  value: String(Math.floor((parseQuantity(memory.limit) ?? 0) * share)),
});
