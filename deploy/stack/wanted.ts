import { join } from "node:path";
import { baseOf } from "../../settings/base.ts";
import { readOverBase } from "../../settings/base-file.ts";
import { ownConfig } from "../../settings/config.ts";
import { masterKeyOf } from "../../settings/key.ts";
import { parseSettings, type Settings, SettingsError } from "../../settings.ts";
import { toManifests, type Wanted } from "../manifests/from-program.ts";
import { collect } from "../program/collect.ts";
import type { JsonObject, Program } from "../program/registration.ts";
import { ROOT, readStack, type Stack } from "./read.ts";

/** A stack, what it is set to, and what its program wants. */
export interface Deployment extends Wanted {
  readonly settings: Settings;
  /** The stack's outputs, without secret ones and those that only a deployment knows. */
  readonly outputs: JsonObject;
}

/**
 * How the master key, of which every password is derived, is come by: `make` where passwords are about to be
 * written, `read` where they are compared, `any` where none is ever shown or stored.
 */
export type KeyUse = "make" | "read" | "any";

/**
 * Reads a stack and checks its settings, before anything else is done.
 *
 * @throws {StackError} for an unknown stack. @throws {SettingsError} for settings that cannot be used.
 */
export function readSettings(name: string, keyUse: KeyUse): { stack: Stack; settings: Settings } {
  const stack = readStack(name);
  const checked = withMasterKey(stack, "any");
  const own = ownConfig(asTexts(checked));
  const base = baseOf(own);
  const settings = parseSettings(base === undefined ? own : readOverBase(own, base), name);
  return { stack: keyUse === "any" ? checked : withMasterKey(stack, keyUse, settings), settings };
}

/**
 * Stands in for a master key where nothing that is derived from it is shown or stored. Always the same one, so that
 * what is named after a hash of a password is named the same in every rendering.
 */
const STAND_IN = Buffer.alloc(32).toString("base64");

/** Runs the stack's program, without an engine or a cluster, for what it wants. */
export async function readDeployment(name: string, keyUse: KeyUse): Promise<Deployment> {
  const { stack, settings } = readSettings(name, keyUse);
  const program = await runProgram(stack, ROOT);
  return { settings, outputs: program.outputs, ...toManifests(program) };
}

/**
 * Runs the program of a stack, of this or of another checkout, in which nothing is derived from a real secret. The
 * checkout's own program checks its settings.
 *
 * @param root The checkout, with its packages installed or linked.
 */
export async function readProgram(name: string, root: string): Promise<Program> {
  return runProgram(withMasterKey(readStack(name, root), "any"), root);
}

const runProgram = (stack: Stack, root: string): Promise<Program> =>
  collect({
    project: stack.project,
    stack: stack.name,
    config: asTexts(stack),
    secretKeys: [...stack.encrypted, keyName(stack)],
    entry: join(root, "index.ts"),
  });

const keyName = (stack: Stack): string => `${stack.project}:masterKey`;

/** The configuration as Pulumi would hand it to the program: every value a text. */
const asTexts = ({ config }: Stack): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

/** The stack with a master key that can be used, and a stand-in for every other value that is encrypted. */
function withMasterKey(stack: Stack, use: KeyUse, settings?: Settings): Stack {
  const key = keyName(stack);
  const plain = stack.encrypted.includes(key) ? undefined : stack.config[key];
  const config = { ...stack.config };
  for (const name of stack.encrypted) config[name] = "(encrypted)";
  config[key] = plain ?? findMasterKey(stack, use, settings);
  return { ...stack, config };
}

function findMasterKey(stack: Stack, use: KeyUse, settings: Settings | undefined): string {
  if (use === "any" || settings === undefined) return STAND_IN;
  if (stack.encrypted.includes(keyName(stack))) {
    if (use === "read") return STAND_IN;
    throw new SettingsError(
      `${keyName(stack)} is encrypted, and only Pulumi can read it; deploy stack "${stack.name}" with --engine pulumi`,
    );
  }
  return masterKeyOf({ ...settings, masterKey: undefined }, { make: use === "make" }) ?? STAND_IN;
}
