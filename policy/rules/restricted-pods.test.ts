import { expect, test } from "vitest";
import { restrictedContainer, restrictedPod, SERVICE_USER } from "../../components/security.ts";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { deployment, judge, object, places, podSpec, withContainer } from "../test/objects.ts";
import { restrictedPods } from "./restricted-pods.ts";

const secure = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

test("the security that every component sets passes", () => {
  const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value));
  const [container] = [{ name: "web", securityContext: plain(restrictedContainer) }];
  const spec = podSpec({ securityContext: plain(restrictedPod(SERVICE_USER)), containers: [container] });
  expect(judge(restrictedPods, deployment(spec))).toEqual([]);
});

test("nothing is taken for granted", () => {
  const found = judge(restrictedPods, deployment({ containers: [{ name: "web" }] }));
  const at = "spec.template.spec.containers[0].securityContext";
  expect(found.map(({ path }) => path)).toEqual([
    `${at}.runAsNonRoot`,
    `${at}.allowPrivilegeEscalation`,
    `${at}.readOnlyRootFilesystem`,
    `${at}.capabilities.drop`,
    `${at}.seccompProfile`,
  ]);
  expect(found[0]?.message).toBe('container "web" may run as root; set runAsNonRoot: true');
});

test.each([
  [{ ...secure, privileged: true }, "privileged"],
  [{ ...secure, runAsUser: 0 }, "runAsUser"],
  [{ ...secure, runAsNonRoot: false }, "runAsNonRoot"],
  [{ ...secure, seccompProfile: { type: "Unconfined" } }, "seccompProfile"],
  [{ ...secure, capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }, "capabilities.add"],
  [{ ...secure, capabilities: { drop: ["NET_RAW"] } }, "capabilities.drop"],
])("a container cannot take back what its pod says (%o)", (securityContext: JsonObject, field) => {
  expect(places(restrictedPods, withContainer({ securityContext }))).toEqual([
    `spec.template.spec.containers[0].securityContext.${field}`,
  ]);
});

test("a low port may be bound", () => {
  const securityContext = { ...secure, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } };
  expect(judge(restrictedPods, withContainer({ securityContext }))).toEqual([]);
});

test("a pod has no part in its node", () => {
  const volumes: JsonObject[] = [
    { name: "tmp", emptyDir: {} },
    { name: "docker", hostPath: { path: "/var/run" } },
  ];
  expect(places(restrictedPods, deployment(podSpec({ hostNetwork: true, hostPID: false, volumes })))).toEqual(
    ["spec.template.spec.hostNetwork", "spec.template.spec.volumes[1].hostPath"],
  );
  expect(places(restrictedPods, withContainer({ ports: [{ containerPort: 80, hostPort: 80 }] }))).toEqual([
    "spec.template.spec.containers[0].ports[0].hostPort",
  ]);
});

test("a namespace asks it of everything that comes there", () => {
  const namespace = (level: string) =>
    object("v1", "Namespace", "shop", {}, { labels: { "pod-security.kubernetes.io/enforce": level } });
  expect(judge(restrictedPods, namespace("restricted"))).toEqual([]);
  expect(places(restrictedPods, namespace("baseline"))).toEqual(["metadata.labels"]);
});
