import { asObject, asObjects, asText, type KubernetesObject } from "../../deploy/manifests/manifest.ts";
import type { Json, JsonObject } from "../../deploy/program/registration.ts";
import { type Container, containersOf, type Pod, podsOf } from "../pods.ts";
import { type Rule, type Violation, violation } from "../rule.ts";

const LEVEL = "pod-security.kubernetes.io/enforce";
const HOST_FIELDS = ["hostNetwork", "hostPID", "hostIPC"];
const SECCOMP = new Set(["RuntimeDefault", "Localhost"]);

/**
 * What the `restricted` Pod Security Standard asks for, and a root file system that cannot be written. The namespace
 * asks for it as well, so that what comes there by other ways is held to it, too.
 */
export const restrictedPods: Rule = {
  name: "restricted-pods",
  description: "Pods run as anybody but root, gain no privilege and write to nothing but their volumes.",
  enforcement: "mandatory",
  scope: "resource",
  check: ({ manifests }) => [
    ...manifests.filter(({ kind }) => kind === "Namespace").flatMap(checkNamespace),
    ...podsOf(manifests).flatMap(checkPod),
    ...containersOf(manifests).flatMap(checkContainer),
  ],
};

function checkNamespace(namespace: KubernetesObject): Violation[] {
  if (asObject(namespace.metadata.labels)[LEVEL] === "restricted") return [];
  const message = `the namespace lets in pods that are not restricted; label it ${LEVEL}: restricted`;
  return [violation(namespace, "metadata.labels", message)];
}

function checkPod({ owner, spec, path }: Pod): Violation[] {
  const shared = HOST_FIELDS.filter((field) => spec[field] === true).map((field) =>
    violation(owner, `${path}.${field}`, `the pod is part of its node (${field}); remove the field`),
  );
  const mounted = asObjects(spec.volumes).flatMap((volume, index) =>
    volume.hostPath === undefined
      ? []
      : [
          violation(
            owner,
            `${path}.volumes[${index}].hostPath`,
            `volume "${asText(volume.name)}" is a directory of the node; use a claim, a ConfigMap or emptyDir`,
          ),
        ],
  );
  return [...shared, ...mounted];
}

function checkContainer({ pod, name, value, path }: Container): Violation[] {
  const own = asObject(value.securityContext);
  const shared = pod.spec.securityContext;
  // What the container does not say the pod says, unless nobody knows yet what that is.
  const effective = (field: string): Json | undefined =>
    own[field] === undefined && shared !== null ? asObject(shared)[field] : (own[field] ?? null);
  const capabilities = asObject(own.capabilities);
  const nonRoot = effective("runAsNonRoot");
  const seccomp = effective("seccompProfile");
  const profile = seccomp === null ? null : asObject(seccomp).type;
  const problems: [boolean, string, string][] = [
    [nonRoot !== true && nonRoot !== null, "runAsNonRoot", "may run as root; set runAsNonRoot: true"],
    [effective("runAsUser") === 0, "runAsUser", "runs as root; name another user"],
    [
      own.allowPrivilegeEscalation !== false,
      "allowPrivilegeEscalation",
      "may gain privileges; set allowPrivilegeEscalation: false",
    ],
    [own.privileged === true, "privileged", "owns its node; remove privileged"],
    [
      own.readOnlyRootFilesystem !== true,
      "readOnlyRootFilesystem",
      "can change its own programs; set readOnlyRootFilesystem: true and mount emptyDir where it has to write",
    ],
    [
      !lists(capabilities, "drop").some((dropped) => dropped === "ALL" || dropped === null),
      "capabilities.drop",
      'keeps capabilities; drop ["ALL"]',
    ],
    [
      lists(capabilities, "add").some(
        (capability) => capability !== "NET_BIND_SERVICE" && capability !== null,
      ),
      "capabilities.add",
      "adds capabilities; only NET_BIND_SERVICE may be added",
    ],
    [
      profile !== null && !SECCOMP.has(asText(profile)),
      "seccompProfile",
      "may make every system call; set seccompProfile: { type: RuntimeDefault }",
    ],
  ];
  const ports = asObjects(value.ports).flatMap((port, index) =>
    port.hostPort === undefined || port.hostPort === 0
      ? []
      : [
          violation(
            pod.owner,
            `${path}.ports[${index}].hostPort`,
            `container "${name}" takes a port of its node; use a Service`,
          ),
        ],
  );
  const broken = problems
    .filter(([wrong]) => wrong)
    .map(([, field, problem]) =>
      violation(pod.owner, `${path}.securityContext.${field}`, `container "${name}" ${problem}`),
    );
  return [...broken, ...ports];
}

const lists = (capabilities: JsonObject, field: string): readonly Json[] => {
  const list = capabilities[field];
  return Array.isArray(list) ? list : [];
};
