/** A stack's setting that cannot be used. The message names the key, the value and the remedy in one sentence. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  /** By this mark Pulumi knows an error that says all there is to say, and prints no stack trace with it. */
  readonly __pulumiRunError = true;
}
