import type { Section } from "./section.ts";

/** Numbers of replicas of which a majority can be told. */
const MAJORITIES = [1, 3, 5];

/** Replicas of a store that decide by majority, and the size of each one's volume. */
export function readReplicas(section: Section, fallback: number): { replicas: number; storage: string } {
  const replicas = section.integer("replicas", 1, Math.max(...MAJORITIES)) ?? fallback;
  if (!MAJORITIES.includes(replicas)) {
    section.refuse("replicas", `cannot hold a majority; write one of ${MAJORITIES.join(", ")}`);
  }
  return { replicas, storage: section.quantity("storage") ?? "1Gi" };
}
