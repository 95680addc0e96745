import type { Input } from "@pulumi/pulumi";
import type { EnvVar, Volume, VolumeMount } from "./kubernetes.ts";

/** One value of a Secret that a service finds as a file, told by a variable that ends in `_FILE`. */
export interface SecretFile {
  /**
   * Name of the setting; the service is given `<variable>_FILE` with the file's path.
   *
   * @example "DATABASE_URL"
   */
  variable: string;
  /**
   * Name of the Secret.
   *
   * @example "stripe"
   */
  secretName: Input<string>;
  /**
   * Key within the Secret.
   *
   * @example "secret-key"
   */
  key: string;
  /**
   * Changes with the value, so that a new one replaces the pods.
   *
   * @example "9f86d081884c7d65"
   */
  checksum: Input<string>;
}

const DIRECTORY = "/run/secrets/tradestack";
const VOLUME = "secrets";

/** Where a container finds the value of a variable. */
export function secretPath(variable: string): string {
  return `${DIRECTORY}/${fileName(variable)}`;
}

/** The variables that name the files. */
export function secretVariables(files: readonly SecretFile[]): EnvVar[] {
  return files.map((file) => ({ name: `${file.variable}_FILE`, value: secretPath(file.variable) }));
}

/** One volume with all the files, readable by the pod's own user only. */
export function secretVolumes(files: readonly SecretFile[]): Volume[] {
  if (files.length === 0) return [];
  const sources = files.map((file) => ({
    secret: { name: file.secretName, items: [{ key: file.key, path: fileName(file.variable) }] },
  }));
  return [{ name: VOLUME, projected: { defaultMode: 0o440, sources } }];
}

/** Where a container finds them. */
export function secretMounts(files: readonly SecretFile[]): VolumeMount[] {
  return files.length === 0 ? [] : [{ name: VOLUME, mountPath: DIRECTORY, readOnly: true }];
}

/** `DATABASE_URL` is in the file `database-url`. */
function fileName(variable: string): string {
  return variable.toLowerCase().replaceAll("_", "-");
}
