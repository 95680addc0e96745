import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { nearest } from "../../nearest.ts";

/** The folder that holds Pulumi.yaml and the program. */
export const ROOT = join(import.meta.dirname, "..", "..");

/** A stack cannot be read; the message names it and what exists. */
export class StackError extends Error {
  override readonly name = "StackError";
}

/** A stack's configuration as its file has it. */
export interface Stack {
  readonly name: string;
  /** The project's name, which is also the prefix of its configuration keys. */
  readonly project: string;
  /** Full keys (`tradestack:environment`) and their values. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Full keys whose values are encrypted; what the file has instead of them is of no use here. */
  readonly encrypted: readonly string[];
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml`.
 *
 * @param name The stack's name, such as `dev`.
 * @param root Folder that holds them. Default: this project's.
 * @throws {StackError} for a stack that does not exist, naming the nearest one and those that do.
 */
export function readStack(name: string, root = ROOT): Stack {
  const stacks = stackNames(root);
  if (!stacks.includes(name)) {
    const hint = nearest(name, stacks);
    throw new StackError(
      `stack "${name}" does not exist${hint ? `; did you mean "${hint}"?` : ";"} there are ${stacks.join(", ")} ` +
        `(a new one begins with a file Pulumi.${name}.yaml)`,
    );
  }
  const project = String(readYaml(root, "Pulumi.yaml").name);
  const { config } = readYaml(root, `Pulumi.${name}.yaml`);
  const entries = Object.entries(asRecord(config)).map(
    // Pulumi lets a project leave out its own name in its own keys.
    ([key, value]) => [key.includes(":") ? key : `${project}:${key}`, value] as const,
  );
  const encrypted = entries.filter(([, value]) => "secure" in asRecord(value)).map(([key]) => key);
  return { name, project, config: Object.fromEntries(entries), encrypted };
}

/** The stacks that have a file. */
export function stackNames(root = ROOT): string[] {
  return readdirSync(root)
    .map((file) => /^Pulumi\.([A-Za-z0-9._-]+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

function readYaml(root: string, file: string): Record<string, unknown> {
  try {
    return asRecord(parse(readFileSync(join(root, file), "utf8")));
  } catch (error) {
    const [problem] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new StackError(`${file} cannot be read: ${problem}`, { cause: error });
  }
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
