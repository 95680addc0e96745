/**
 * The way out where a component's arguments do not reach: a function that is given what the component is about to
 * make and answers what shall be made instead. Only for programs in TypeScript.
 */
export type Transform<T> = (built: T) => T;

/** Applies a transform where there is one. */
export function transformed<T>(built: T, transform: Transform<T> | undefined): T {
  return transform === undefined ? built : transform(built);
}
