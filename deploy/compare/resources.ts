import { asObject, asText, groupKindOf } from "../manifests/manifest.ts";
import { replaceAt, WITHHELD } from "../manifests/redact.ts";
import { isKept } from "../plan/kept.ts";
import { HOLDS_DATA } from "../plan/show.ts";
import type { Json, JsonObject, Path, Program, Registration } from "../program/registration.ts";

/** One thing that a program wants, of Kubernetes or of any other provider, without its secrets. */
export interface Resource {
  /** What it is for its provider, whatever the program calls it: `Deployment.apps shop/order`. */
  readonly key: string;
  /** What it is in Pulumi's state. */
  readonly urn: string;
  /** Kind and API group of a Kubernetes object (`Deployment.apps`), else Pulumi's type. */
  readonly type: string;
  /** Name for people: `deployment/order`. */
  readonly title: string;
  /** Whether data goes with it. */
  readonly holdsData: boolean;
  readonly value: JsonObject;
}

/** Stands for a value that only a deployment would know. */
const UNKNOWN = "(known once deployed)";
/** Services of clouds that keep data, and the keys without which data cannot be read. */
const CLOUD_DATA =
  /^aws:(backup|docdb|dynamodb|ebs|ecr|efs|elasticache|kms|memorydb|mq|rds|s3|s3control|secretsmanager)\//;

/**
 * What a program wants to exist, in the order in which it asks for it.
 *
 * @param root The program's checkout, which is not told: paths are the same wherever it lies.
 */
export function resourcesOf(program: Program, root: string): Resource[] {
  // Providers and the stack itself are Pulumi's own affair.
  const wanted = program.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
  return wanted.map((registration) => asResource(registration, root));
}

function asResource(registration: Registration, root: string): Resource {
  const { urn, type, name, inputs } = registration;
  const { apiVersion, kind } = inputs;
  const { name: objectName, namespace } = asObject(inputs.metadata);
  const value = asObject(withoutRoot(presentable(registration), root));
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof objectName !== "string") {
    const title = `${type} ${name}`;
    return { key: title, urn, type, title, holdsData: CLOUD_DATA.test(type), value };
  }
  const groupKind = groupKindOf({ apiVersion, kind });
  const place = [asText(namespace), objectName].filter(Boolean).join("/");
  return {
    key: `${groupKind} ${place}`,
    urn,
    type: groupKind,
    title: `${kind.toLowerCase()}/${objectName}`,
    holdsData: HOLDS_DATA.has(kind) || isKept({ apiVersion, kind }),
    value,
  };
}

function withoutRoot(value: Json, root: string): Json {
  if (typeof value === "string") return value.replaceAll(root, ".");
  if (Array.isArray(value)) return value.map((item) => withoutRoot(item, root));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutRoot(item, root)]));
}

/** The inputs as they may be shown. Which keys a Secret has is told, what they hold is not. */
function presentable({ inputs, secrets, unknowns }: Registration): JsonObject {
  const whole: Path[] = inputs.kind === "Secret" ? [["data"], ["stringData"]] : [];
  const hidden = [...secrets, ...whole].reduce<Json>((copy, path) => replaceAt(copy, path, WITHHELD), inputs);
  return asObject(unknowns.reduce((copy, path) => replaceAt(copy, path, UNKNOWN), hidden));
}
