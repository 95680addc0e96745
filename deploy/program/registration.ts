/** What the program registers, in the plain form in which it leaves the process that ran it. */

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonObject = { [key: string]: Json };
/** Where a value sits inside an object: `["data", "password"]`, `["spec", "ports", 0, "port"]`. */
export type Path = readonly (string | number)[];

/** A value with the places in it that are secret, and those that only a real deployment would know. */
export interface Decoded {
  readonly value: Json;
  readonly secrets: readonly Path[];
  readonly unknowns: readonly Path[];
}

/** One resource as the program registered it. */
export interface Registration {
  readonly urn: string;
  /** Pulumi's type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly name: string;
  /** Whether something is really made for it; false for components, which only group others. */
  readonly custom: boolean;
  readonly inputs: JsonObject;
  /** Places in the inputs that the program marked secret. */
  readonly secrets: readonly Path[];
  /** Places in the inputs that only a real deployment would know. */
  readonly unknowns: readonly Path[];
  /** URNs of what must be ready before it: the resources its inputs come from, and its `dependsOn`. */
  readonly dependencies: readonly string[];
}

/** All that one run of the program says. */
export interface Program {
  readonly resources: readonly Registration[];
  /** The stack's outputs, without those that are secret or unknown. */
  readonly outputs: JsonObject;
}

/** What the process that runs the program is told. */
export interface ProgramRequest {
  readonly project: string;
  readonly stack: string;
  /** Full keys (`tradestack:environment`) and their values, objects as JSON text. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** Path of the program's entry module. */
  readonly entry: string;
}

/** What it answers: the program, or why there is none. */
export type ProgramReply =
  | { readonly program: Program }
  | { readonly failure: { readonly name: string; readonly message: string; readonly stack: string } };

/** Pulumi's marks in serialised values; they are part of its wire protocol. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Takes Pulumi's marks out of a serialised value and says where they were.
 *
 * @param wire A value as the SDK sends it to the engine.
 * @returns The plain value, in which unknown parts are null.
 */
export function decode(wire: Json): Decoded {
  const secrets: Path[] = [];
  const unknowns: Path[] = [];
  const visit = (value: Json, at: Path): Json => {
    if (value === UNKNOWN) {
      unknowns.push(at);
      return null;
    }
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...at, index]));
    const signature = value[SIGNATURE];
    if (signature === SECRET || (signature === OUTPUT && value.secret === true)) secrets.push(at);
    if (signature === SECRET || signature === OUTPUT) return visit(value.value ?? UNKNOWN, at);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, [...at, key])]));
  };
  return { value: visit(wire, []), secrets, unknowns };
}
