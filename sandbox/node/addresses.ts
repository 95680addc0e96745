/** Which addresses a sandbox and its nodes have. */

import { existsSync, readFileSync } from "node:fs";

/** Several sandboxes of different state directories run beside each other on one machine: so many at most. */
export const SLOTS = 8;

/** Addresses of one node. Made by {@link addressesOf}. */
export type Addresses = ReturnType<typeof addressesOf>;

/**
 * The addresses of a node. Those of one sandbox share the first two numbers; the third one tells its nodes apart.
 * The machine itself knows one link to the first node (`linkSubnet`) and one route to it and its pods.
 *
 * @param slot Which of the sandboxes that the machine has room for, from 0.
 * @param index Which of its nodes, from 1.
 * @example addressesOf(0, 2).node // "10.244.2.1"
 */
export function addressesOf(slot: number, index: number) {
  const own = `10.${244 + slot}`;
  const third = index === 1 ? 0 : index; // 1 is the link's
  return {
    /** All nodes and all pods. */
    cluster: `${own}.0.0/21`,
    /** The API server, which runs on the first node. */
    api: `${own}.0.1`,
    podSubnet: `${own}.${third}.0/24`,
    node: `${own}.${third}.1`,
    linkSubnet: `${own}.1.0/30`,
    linkOnMachine: `${own}.1.1`,
    linkOnNode: `${own}.1.2`,
    /** Interface on the machine, at most 15 characters. */
    machineInterface: `tradestack${slot}`,
  } as const;
}

/**
 * The slot that a sandbox has taken, as its certificates name its addresses.
 *
 * @param path The file that holds it. A sandbox without one has the first.
 */
export function takenSlot(path: string): number {
  return existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
}

/**
 * The first slot of which this machine has no address, or the first one where it has of all: what is in the way is
 * then named when the node is started.
 *
 * @param addresses The machine's.
 */
export function freeSlot(addresses: readonly string[]): number {
  const slots = Array.from({ length: SLOTS }, (_, slot) => slot);
  return slots.find((slot) => !addresses.some((address) => isOfSlot(slot, address))) ?? 0;
}

/** Whether an address is one of a slot's. */
export const isOfSlot = (slot: number, address: string): boolean =>
  new RegExp(`^10\\.${244 + slot}\\.[0-7]\\.`).test(address);
