/** A sandbox that cannot be had, or a command that makes no sense. The message says what is wrong and what to do. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  /** By this mark Pulumi knows an error that says all there is to say, and prints no stack trace with it. */
  readonly __pulumiRunError = true;
}
