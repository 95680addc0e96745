import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { KubernetesObject } from "../manifests/manifest.ts";
import { asMember, idOf, membershipOf, parentOf, reachOf, union } from "./applyset.ts";

const SET = { name: "tradestack-dev", namespace: "tradestack-dev" };
const object = (apiVersion: string, kind: string, namespace?: string): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: namespace === undefined ? { name: "x" } : { name: "x", namespace },
});

test("the id is the one that the specification prescribes for the parent", () => {
  const hash = createHash("sha256").update("tradestack-dev.tradestack-dev.ConfigMap.").digest("base64url");
  expect(idOf(SET)).toBe(`applyset-${hash}-v1`);
  expect(parentOf(SET).metadata.labels).toMatchObject({ "applyset.kubernetes.io/id": idOf(SET) });
});

test("a member is labelled, and keeps its other labels", () => {
  const labelled = { ...object("v1", "Service"), metadata: { name: "x", labels: { team: "shop" } } };
  const member = asMember(labelled, SET);
  expect(member.metadata.labels).toEqual({ team: "shop", "applyset.kubernetes.io/part-of": idOf(SET) });
  expect(membershipOf(member)).toBe(idOf(SET));
  expect(membershipOf(labelled)).toBeUndefined();
});

test("the parent says in which kinds and other namespaces members are", () => {
  const reach = reachOf(
    [
      object("apps/v1", "Deployment", "tradestack-dev"),
      object("v1", "Service", "traefik"),
      object("v1", "Namespace"),
    ],
    SET,
  );
  expect(reach).toEqual({ groupKinds: ["Deployment.apps", "Namespace", "Service"], namespaces: ["traefik"] });
  expect(
    parentOf(SET, union(reach, { groupKinds: ["Job.batch"], namespaces: [] })).metadata.annotations,
  ).toEqual({
    "applyset.kubernetes.io/tooling": "tradestack/v1",
    "applyset.kubernetes.io/contains-group-kinds": "Deployment.apps,Job.batch,Namespace,Service",
    "applyset.kubernetes.io/additional-namespaces": "traefik",
  });
});
