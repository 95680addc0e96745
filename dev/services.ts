import { join } from "node:path";
import type { ServiceDescription } from "../services/description.ts";
import { type Child, startChild } from "./child.ts";

const ROOT = join(import.meta.dirname, "..");

/** A service's migration failed; its own lines tell why. */
export class MigrationFailed extends Error {
  override readonly name = "MigrationFailed";
}

/** What one service runs with. */
export interface ServiceRun {
  readonly service: ServiceDescription;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Folder of its built web pages, if it has any; see `watchPages`. */
  readonly pages?: string | undefined;
}

const entryOf = ({ name }: ServiceDescription) => join(ROOT, "services", name, "src", "main.ts");

/**
 * Brings a service's database to its newest schema.
 *
 * @param onStart Called with the program that does it, so that it can be ended.
 * @throws {MigrationFailed} when it cannot be done.
 */
export async function migrateService(
  { service, env, onLine }: ServiceRun,
  onStart: (child: Child) => void,
): Promise<void> {
  if (service.database === undefined) return;
  const command = [process.execPath, entryOf(service), "migrate"];
  const child = startChild({ name: service.name, command, env, onLine });
  onStart(child);
  const { code } = await child.ended;
  if (code !== 0)
    throw new MigrationFailed(`${service.name} could not migrate its database; its lines above tell why`);
}

/** Runs a service from its source, again after each change of a file that it is made of, or of its pages. */
export function watchService({ service, env, onLine, pages }: ServiceRun): Child {
  // Node watches either the modules of a program or folders that are named; pages are no modules.
  const watched =
    pages === undefined ? ["--watch"] : [pages, join(ROOT, "services")].map((path) => `--watch-path=${path}`);
  const command = [process.execPath, ...watched, "--watch-preserve-output", entryOf(service), "serve"];
  return startChild({ name: service.name, command, env, onLine });
}

/**
 * The services that are asked for, and every one that these call.
 *
 * @param wanted Names; none means all.
 */
export function withCallees(
  all: readonly ServiceDescription[],
  wanted: readonly string[],
): readonly ServiceDescription[] {
  if (wanted.length === 0) return all;
  const found = new Set<string>();
  const visit = ({ name, calls }: ServiceDescription): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const callee of calls) visit(callee);
  };
  for (const service of all) if (wanted.includes(service.name)) visit(service);
  return all.filter(({ name }) => found.has(name));
}
