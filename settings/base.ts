import { SettingsError } from "./error.ts";

/** Settings without their prefix, objects as objects. */
export type RawSettings = Readonly<Record<string, unknown>>;

/** Name of a file in `settings/bases`, without its extension. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Which base a stack's settings stand on.
 *
 * @returns Undefined where they stand on none.
 * @throws {SettingsError} for what cannot be a base's name.
 */
export function baseOf(own: RawSettings): string | undefined {
  const { base } = own;
  if (base === undefined) return undefined;
  if (typeof base === "string" && NAME.test(base)) return base;
  throw new SettingsError(
    `tradestack:base: ${JSON.stringify(base)} is not the name of a base; write that of a file in settings/bases, without .yaml`,
  );
}

/**
 * A stack's settings over those of its base: objects are merged key by key, anything else is the stack's where it has
 * one, and what the stack sets to null is as if nobody had set it.
 *
 * @throws {SettingsError} where the base holds what must not be shared.
 * @example overBase({ redis: { replicas: 1 } }, { redis: { replicas: 3, storage: "2Gi" } }, "small")
 * // { redis: { replicas: 1, storage: "2Gi" } }
 */
export function overBase(own: RawSettings, base: RawSettings, name: string): RawSettings {
  for (const key of ["base", "masterKey"]) {
    if (!(key in base)) continue;
    throw new SettingsError(
      `settings/bases/${name}.yaml: ${key} is a stack's own; remove it there, and set it in Pulumi.STACK.yaml`,
    );
  }
  const { base: _, ...rest } = own;
  return merge(base, rest);
}

function merge(base: RawSettings, own: RawSettings): RawSettings {
  const keys = [...new Set([...Object.keys(base), ...Object.keys(own)])];
  return Object.fromEntries(
    keys
      .map((key): [string, unknown] => {
        const [below, above] = [base[key], own[key]];
        if (isObject(below) && isObject(above)) return [key, merge(below, above)];
        return [key, key in own ? above : below];
      })
      .filter(([, value]) => value !== null),
  );
}

const isObject = (value: unknown): value is RawSettings =>
  typeof value === "object" && value !== null && !Array.isArray(value);
