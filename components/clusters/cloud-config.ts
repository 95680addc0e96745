import { stringify } from "yaml";

/** Most bytes of user data that EC2 takes; other places take more. */
const LIMIT = 16_384;

/** A file that a machine is given. */
export interface MachineFile {
  readonly path: string;
  readonly content: string;
  /** Who may read, change and run it; undefined: everybody may read it. */
  readonly permissions?: string;
}

/**
 * User data for cloud-init, on Debian or Ubuntu: nobody logs in with a password, or as root.
 *
 * @param document What the machine is told besides, as cloud-init's modules have it.
 * @param tooLong Makes the error of what EC2 would not take.
 */
export function cloudConfig(
  files: readonly MachineFile[],
  document: Readonly<Record<string, unknown>>,
  tooLong: (problem: string) => Error,
): string {
  const written = files.map(({ path, permissions = "0644", content }) => ({ path, permissions, content }));
  const config = { ssh_pwauth: false, disable_root: true, write_files: written, ...document };
  const userData = `#cloud-config\n${stringify(config, { lineWidth: 0 })}`;
  const size = Buffer.byteLength(userData);
  if (size > LIMIT) throw tooLong(`the user data has ${size} bytes, and EC2 takes ${LIMIT}`);
  return userData;
}
