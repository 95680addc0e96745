/** An argument of a component that cannot be. The message names component, argument, value and remedy in one sentence. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
  /** By this mark Pulumi knows an error that says all there is to say, and prints no stack trace with it. */
  readonly __pulumiRunError = true;
}

/**
 * Refuses an argument.
 *
 * @param component Type and name, such as `Microservice "order"`.
 * @throws {ArgumentError} always.
 */
export function refuseArgument(component: string, argument: string, value: unknown, remedy: string): never {
  throw new ArgumentError(`${component}, ${argument}: ${JSON.stringify(value) ?? "nothing"} ${remedy}`);
}
