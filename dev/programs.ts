/** The servers that services need, as Debian and Ubuntu package them. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { geteuid } from "node:process";
import { installPackages } from "../sandbox/host/packages.ts";

/** A server cannot be run here. The message says what is missing and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

const POSTGRES_VERSIONS = "/usr/lib/postgresql";

/** Folder of PostgreSQL's newest programs; undefined where there is none. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(POSTGRES_VERSIONS)) return undefined;
  const [newest] = readdirSync(POSTGRES_VERSIONS)
    .filter((version) => existsSync(join(POSTGRES_VERSIONS, version, "bin", "initdb")))
    .sort((a, b) => Number(b) - Number(a));
  return newest && join(POSTGRES_VERSIONS, newest, "bin");
}

/** The server itself; Debian's wrapper before it insists on being root or the user "rabbitmq". */
export const RABBITMQ_SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server";
export const REDIS_SERVER = "/usr/bin/redis-server";
/** Tells Erlang programs of one machine where each other are; RabbitMQ does not start without. */
export const EPMD = "/usr/bin/epmd";

/** Packages of the stores that are wanted and not installed. */
export function missingPackages(stores: {
  readonly postgres: boolean;
  readonly redis: boolean;
  readonly rabbitmq: boolean;
}): string[] {
  return [
    ...(stores.postgres && postgresPrograms() === undefined ? ["postgresql"] : []),
    ...(stores.redis && !existsSync(REDIS_SERVER) ? ["redis-server"] : []),
    ...(stores.rabbitmq && !existsSync(RABBITMQ_SERVER) ? ["rabbitmq-server"] : []),
  ];
}

/**
 * Installs packages. None of their services is started.
 *
 * @param confirm Asks whether it may be done.
 * @throws {StoreError} where it must not or cannot be done; the message tells the way out.
 */
export async function install(
  packages: readonly string[],
  confirm: (question: string) => Promise<boolean>,
  detail: (line: string) => void,
): Promise<void> {
  if (packages.length === 0) return;
  const names = packages.join(" ");
  const remedy = `install ${packages.length === 1 ? "it" : "them"} (apt-get install --no-install-recommends ${names}), or name servers of yours by DEV_POSTGRES_URL, DEV_REDIS_URL and DEV_BROKER_URL`;
  if (!existsSync("/usr/bin/apt-get") || geteuid?.() !== 0) {
    throw new StoreError(
      `${names}: not installed, and only root on Debian or Ubuntu can be helped here; ${remedy}`,
    );
  }
  if (!(await confirm(`Install the Debian packages ${names}?`))) {
    throw new StoreError(`${names}: not installed; ${remedy}`);
  }
  await installPackages(packages, detail);
}

/**
 * PostgreSQL and RabbitMQ refuse to be root. In a user namespace of their own they are nobody, with the very same
 * files and no right to any other.
 */
export const asNobody = (command: readonly string[]): string[] =>
  geteuid?.() === 0
    ? ["unshare", "--user", "--map-user=65534", "--map-group=65534", ...command]
    : [...command];
