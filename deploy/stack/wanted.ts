import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ensureMasterKey, readMasterKey } from "../../master-key.ts";
import { parseSettings, type Settings, SettingsError } from "../../settings.ts";
import { toManifests, type Wanted } from "../manifests/from-program.ts";
import { collect } from "../program/collect.ts";
import type { JsonObject } from "../program/registration.ts";
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
  const settings = parseSettings(ownSettings(checked), name);
  return { stack: keyUse === "any" ? checked : withMasterKey(stack, keyUse, settings), settings };
}

/** Runs the stack's program, without an engine or a cluster, for what it wants. */
export async function readDeployment(name: string, keyUse: KeyUse): Promise<Deployment> {
  const { stack, settings } = readSettings(name, keyUse);
  const config = Object.entries(stack.config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const program = await collect({
    project: stack.project,
    stack: stack.name,
    config: Object.fromEntries(config),
    secretKeys: [...stack.encrypted, keyName(stack)],
    entry: join(ROOT, "index.ts"),
  });
  return { settings, outputs: program.outputs, ...toManifests(program) };
}

const keyName = (stack: Stack): string => `${stack.project}:masterKey`;

/** The project's own settings, without their prefix. */
function ownSettings(stack: Stack): Record<string, unknown> {
  const prefix = `${stack.project}:`;
  const own = Object.entries(stack.config).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

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
  const throwaway = (): string => randomBytes(32).toString("base64");
  if (use === "any") return throwaway();
  const stored = readMasterKey(stack.name);
  if (stored !== undefined) return stored;
  if (use === "read") return throwaway();
  if (settings?.environment === "dev" && !stack.encrypted.includes(keyName(stack)))
    return ensureMasterKey(stack.name);
  const remedy = stack.encrypted.includes(keyName(stack))
    ? "is encrypted, and only Pulumi can read it; deploy this stack with --engine pulumi"
    : `is missing; make one with: pulumi config set --stack ${stack.name} --secret masterKey "$(openssl rand -base64 32)"`;
  throw new SettingsError(`${keyName(stack)} ${remedy}`);
}
