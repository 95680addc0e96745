/** Where Tradestack keeps everything it makes on this machine: built binaries, cluster state, secrets. */

import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** A setting of the surroundings that cannot be used. The message names the variable, the value and the remedy. */
export class HomeError extends Error {
  override readonly name = "HomeError";
}

/**
 * The state directory: `$TRADESTACK_HOME`, else `$XDG_DATA_HOME/tradestack`, else `~/.local/share/tradestack`.
 * Nothing is created.
 *
 * @param environment The variables to read; default: those of this process.
 * @returns An absolute path without a trailing slash.
 * @throws {HomeError} when the variable holds a relative path, which would differ from one folder to the next.
 * @example tradestackHome({ TRADESTACK_HOME: "/srv/tradestack" }) // "/srv/tradestack"
 */
export function tradestackHome(environment: NodeJS.ProcessEnv = process.env): string {
  const own = environment.TRADESTACK_HOME;
  if (own !== undefined && own !== "") return absolute("TRADESTACK_HOME", own);
  const data = environment.XDG_DATA_HOME;
  if (data !== undefined && data !== "") return join(absolute("XDG_DATA_HOME", data), "tradestack");
  return join(homedir(), ".local", "share", "tradestack");
}

function absolute(variable: string, value: string): string {
  if (!isAbsolute(value)) {
    throw new HomeError(`${variable}: "${value}" is not an absolute path; begin it with a slash`);
  }
  return resolve(value);
}
