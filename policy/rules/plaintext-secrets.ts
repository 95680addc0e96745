import {
  asObject,
  asObjects,
  asText,
  asTexts,
  type KubernetesObject,
} from "../../deploy/manifests/manifest.ts";
import type { Json, JsonObject } from "../../deploy/program/registration.ts";
import { type Container, containersOf } from "../pods.ts";
import { type Rule, type Violation, violation } from "../rule.ts";
import { isHarmless, isSecretName, secretIn } from "../secret-text.ts";

const REMEDY = "put it into a Secret and mount that as a file";

/** Whoever may read Deployments and ConfigMaps, in the cluster, in a diff or in a backup, would read it there. */
export const plaintextSecrets: Rule = {
  name: "plaintext-secrets",
  description: "No secret stands in an environment variable, an argument, an annotation or a ConfigMap.",
  enforcement: "mandatory",
  scope: "resource",
  check: ({ manifests }) => [
    ...containersOf(manifests).flatMap(checkContainer),
    ...manifests.filter(({ kind }) => kind === "ConfigMap").flatMap(checkConfigMap),
    ...manifests.flatMap(checkAnnotations),
  ],
};

function checkContainer({ pod, name, value, path }: Container): Violation[] {
  const variables = asObjects(value.env).flatMap((variable, index) => {
    const problem = problemOf(asText(variable.name), variable.value);
    if (problem === undefined) return [];
    const message = `variable ${asText(variable.name)} of container "${name}" holds ${problem}; ${REMEDY}`;
    return [violation(pod.owner, `${path}.env[${index}]`, message)];
  });
  const words = ["command", "args"].flatMap((field) =>
    asTexts(value[field]).flatMap((text, index) => {
      // --password=hunter2 says what it is.
      const [, option = "", argument = text] = /^--?([\w-]+)=(.*)$/s.exec(text) ?? [];
      const problem = problemOf(option, argument) ?? secretIn(text);
      if (problem === undefined) return [];
      const message = `container "${name}" is started with ${problem}; ${REMEDY}`;
      return [violation(pod.owner, `${path}.${field}[${index}]`, message)];
    }),
  );
  return [...variables, ...words];
}

function checkConfigMap(configMap: KubernetesObject): Violation[] {
  return entriesOf(asObject(configMap.data)).flatMap(([key, text]) => {
    const problem = problemOf(key, text);
    return problem === undefined
      ? []
      : [violation(configMap, `data["${key}"]`, `the ConfigMap holds ${problem}; ${REMEDY}`)];
  });
}

/** Tools keep copies of whole objects in annotations. Only forms count here: checksums are random by their nature. */
function checkAnnotations(object: KubernetesObject): Violation[] {
  return entriesOf(asObject(object.metadata.annotations)).flatMap(([key, text]) => {
    const problem = secretIn(text);
    return problem === undefined || problem.includes("random")
      ? []
      : [violation(object, `metadata.annotations["${key}"]`, `the annotation holds ${problem}; ${REMEDY}`)];
  });
}

function problemOf(name: string, value: Json | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  return isSecretName(name) && !isHarmless(value) ? "a secret, by its name" : secretIn(value);
}

const entriesOf = (map: JsonObject): [string, string][] =>
  Object.entries(map).map(([key, value]) => [key, asText(value)]);
