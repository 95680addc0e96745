import type { Json } from "../program/registration.ts";

/** Told of every step of a deployment, so that people can see where it stands. */
export interface Progress {
  /** One object moved on: what it is, what is happening to it, and a few words more. */
  step(title: string, state: StepState, note?: string): void;
  /** Something worth a line of its own. */
  say(line: string): void;
  /** What is going on at this moment; only a terminal shows it, until something else is. */
  detail(text: string): void;
  /** Leaves the screen in order and tells the outcome: to people as lines, to programs as fields. */
  finish(outcome: Outcome, lines: readonly string[]): void;
}

/** What is happening to an object. */
export type StepState = "created" | "changed" | "removed" | "waiting" | "ready" | "failed" | "working";

/** How it ended, for programs. */
export type Outcome = { readonly ok: boolean; readonly [field: string]: Json };
