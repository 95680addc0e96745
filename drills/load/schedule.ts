import type { Random } from "./random.ts";

/** Something that happens to a part of the platform. */
export interface Blow<Target> {
  readonly target: Target;
  /** Seconds from the start of the load. */
  readonly at: number;
}

/** When blows fall. */
export interface ScheduleOptions {
  /** Seconds until the first one may fall. */
  readonly after: number;
  /** Seconds from one to the next, give or take {@link spread}. */
  readonly every: number;
  /** Seconds that a blow may come earlier or later; less than half of {@link every}, so that they keep their order. */
  readonly spread: number;
}

/** Each target is struck once, in an order and at moments that follow from the seed. Pure. */
export function schedule<Target>(
  random: Random,
  targets: readonly Target[],
  { after, every, spread }: ScheduleOptions,
): Blow<Target>[] {
  return random.shuffle(targets).map((target, index) => ({
    target,
    at: after + spread + index * every + (random.next() * 2 - 1) * spread,
  }));
}
