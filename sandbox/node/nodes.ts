/** Which nodes the sandbox has. */

import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { SandboxError } from "../errors.ts";
import { type Layout, layoutOf, MAX_NODES } from "./layout.ts";

/** The layouts of the nodes beside the first, in their order. A node is wanted as long as it has a directory. */
export function furtherNodes({ home, furtherNodes: directory }: Layout): Layout[] {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return names
    .map(Number)
    .filter((index) => Number.isInteger(index) && index > 1)
    .sort((a, b) => a - b)
    .map((index) => layoutOf(home, index));
}

/** The layouts of all nodes, the first one first. */
export const allNodes = (layout: Layout): Layout[] => [layoutOf(layout.home), ...furtherNodes(layout)];

/**
 * Makes directories for so many nodes in all.
 *
 * @returns The nodes beyond that number, which are to be removed.
 */
export function wantNodes(layout: Layout, count: number): Layout[] {
  for (let index = 2; index <= count; index += 1) {
    mkdirSync(layoutOf(layout.home, index).own, { recursive: true, mode: 0o700 });
  }
  return furtherNodes(layout).filter(({ index }) => index > count);
}

/**
 * How many nodes are asked for.
 *
 * @throws {SandboxError} when it is not a number of nodes that a sandbox can have.
 */
export function readNodeCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_NODES) return count;
  throw new SandboxError(`--nodes: "${text}" is not a number of nodes; give one from 1 to ${MAX_NODES}`);
}
