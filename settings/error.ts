/** A stack's setting that cannot be used. The message names the key, the value and the remedy in one sentence. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}
