import { describe, expect, test } from "vitest";
import { readMonitoring } from "./monitoring.ts";
import { Section } from "./section.ts";

const EXISTING = { kind: "existing", context: "eu", kubeconfig: undefined } as const;
const read = (values: Record<string, unknown> = {}, cluster: "sandbox" | "existing" = "existing") =>
  readMonitoring(
    new Section("tradestack:monitoring", values),
    cluster === "sandbox" ? { kind: "sandbox" } : EXISTING,
    cluster === "sandbox" ? "dev" : "prod",
  );

test("the sandbox is watched, without Grafana; in other clusters nothing is made unasked", () => {
  expect(read({}, "sandbox")).toMatchObject({
    kind: "builtin",
    retention: "3d",
    storage: "2Gi",
    grafana: undefined,
    viewer: true,
  });
  expect(read()).toEqual({ kind: "none" });
});

test("what comes with the stack can be set", () => {
  const settings = read({
    kind: "builtin",
    retention: "4w",
    storage: "50Gi",
    resources: { memory: { limit: "4Gi" } },
    alertWebhook: "https://example.com/alerts",
    verifyKubelets: false,
    grafana: { host: "grafana.example.com" },
  });
  expect(settings).toMatchObject({
    retention: "4w",
    storage: "50Gi",
    resources: { cpu: { request: "50m" }, memory: { request: "512Mi", limit: "4Gi" } },
    alertWebhook: "https://example.com/alerts",
    verifyKubelets: false,
    grafana: { host: "grafana.example.com", tlsSecret: undefined },
  });
  expect(read({ kind: "builtin", grafana: { enabled: false } })).toMatchObject({
    grafana: undefined,
    viewer: false,
  });
  expect(read({ kind: "builtin", viewer: true })).toMatchObject({ viewer: true });
});

test("an operator is told what its Prometheus looks for", () => {
  const labels = { release: "kube-prometheus-stack" };
  expect(read({ kind: "operator", labels })).toEqual({ kind: "operator", labels });
});

describe("what cannot be is refused by its key", () => {
  test.each<[Record<string, unknown>, RegExp]>([
    [{ kind: "built-in" }, /^tradestack:monitoring\.kind: "built-in" is none of .*"builtin"/],
    [
      { kind: "builtin", retention: "two weeks" },
      /^tradestack:monitoring\.retention: "two weeks" is not a time/,
    ],
    [{ kind: "builtin", storage: "0" }, /^tradestack:monitoring\.storage: "0" is not a quantity/],
    [
      { kind: "builtin", retentions: "15d" },
      /^tradestack:monitoring\.retentions is not a setting \(did you mean "retention"/,
    ],
    [{ kind: "builtin", grafana: { tlsSecret: "tls" } }, /^tradestack:monitoring\.grafana\.host is missing/],
    [
      { kind: "operator", labels: { release: "a b" } },
      /^tradestack:monitoring\.labels\.release: "a b" is not/,
    ],
    [{ kind: "operator", storage: "1Gi" }, /^tradestack:monitoring\.storage is not a setting/],
    [{ kind: "none", labels: { a: "b" } }, /^tradestack:monitoring\.labels: are for the operator/],
  ])("%j", (values, message) => {
    expect(() => read(values)).toThrow(message);
  });

  test("Grafana in the sandbox, which has no image of it", () => {
    expect(() => read({ grafana: { enabled: true } }, "sandbox")).toThrow(/grafana\.enabled: true cannot be/);
  });

  test("an address that is none, without saying which, for it may hold a secret", () => {
    const refused = () => read({ kind: "builtin", alertWebhook: "hooks/s3cret" });
    expect(refused).toThrow(/^tradestack:monitoring\.alertWebhook is not an address/);
    expect(refused).not.toThrow(/s3cret/);
  });
});
