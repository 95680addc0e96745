import { describe, expect, test } from "vitest";
import { services } from "../../services/index.ts";
import { laxSettings } from "./pods.ts";
import { statusesIn } from "./raw.ts";
import { isDeclared } from "./reach.ts";
import { passwordsIn } from "./secrets.ts";

describe("who may reach whom", () => {
  test.each([
    ["order", "payment", 8080, true],
    ["order", "payment", 9090, false],
    ["payment", "order", 8080, false],
    ["storefront", "order", 8080, false],
    ["order", "postgres", 5432, true],
    ["cart", "postgres", 5432, false],
    ["cart", "redis", 26379, true],
    ["order", "redis", 6379, false],
    ["order", "rabbitmq", 5672, true],
    ["storefront", "rabbitmq", 5672, false],
    ["redis", "redis", 6379, true],
    ["redis", "postgres", 5432, false],
    ["order", "the API server", 443, false],
    ["drill-stranger", "gateway", 8080, false],
  ])("%s, %s:%d: %s", (from, name, port, declared) => {
    expect(isDeclared(services, from, { name, port })).toBe(declared);
  });
});

describe("a pod's settings", () => {
  const container = (more: object = {}) => ({
    name: "main",
    securityContext: {
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      ...more,
    },
    resources: { limits: { memory: "64Mi" } },
  });
  const pod = (spec: object = {}) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "order-1" },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [container()],
      ...spec,
    },
  });

  test("of a restricted pod allow nothing too much", () => expect(laxSettings(pod())).toEqual([]));

  test.each([
    [{ hostNetwork: true }, /node's namespaces/],
    [{ automountServiceAccountToken: true }, /token/],
    [{ volumes: [{ name: "root", hostPath: { path: "/" } }] }, /node's files/],
    [{ securityContext: {} }, /may run as root[\s\S]*system call/],
    [{ containers: [container({ readOnlyRootFilesystem: false })] }, /main may write/],
    [{ containers: [container({ privileged: true })] }, /main is privileged/],
    [{ containers: [container({ capabilities: { drop: ["NET_RAW"] } })] }, /keeps capabilities/],
    [{ initContainers: [{ name: "migrate" }] }, /migrate may gain privileges[\s\S]*memory/],
  ])("%j is told", (spec, words) => expect(laxSettings(pod(spec)).join("\n")).toMatch(words));
});

test("passwords are told from names, hosts and settings that stand beside them", () => {
  const password = "hX3vTq9ZbK2mLw7RcYd4NfPs8Jg1AeUo6QiVtBxMzDk";
  const text = `user order on ${password} rabbit_password_hashing_sha256 postgres-order.tradestack-dev.svc.cluster.local`;
  expect(passwordsIn(text)).toEqual([password]);
});

test("answers are counted in what was heard", () => {
  const heard = "HTTP/1.1 400 Bad Request\r\n\r\nno\r\nHTTP/1.1 200 OK\r\n\r\n";
  expect(statusesIn(heard)).toEqual([400, 200]);
  expect(statusesIn("")).toEqual([]);
});
