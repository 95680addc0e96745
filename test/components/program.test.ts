import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { collect } from "../../deploy/program/collect.ts";

const root = join(import.meta.dirname, "..", "..");

// Each run is a process of its own: compiled code is kept from one to the next.
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "node");

/** The unmodified program of a stack, run without an engine. */
const program = (stack: string, changes: Record<string, unknown> = {}) => {
  const file = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const config = Object.entries({ ...file.config, ...changes }).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return collect({
    project: "tradestack",
    stack,
    config: Object.fromEntries(config),
    secretKeys: ["tradestack:masterKey"],
    entry: join(root, "index.ts"),
  });
};

/** Has the processes that run programs tell which modules they loaded. */
function tellLoaded(): () => string[] {
  const folder = mkdtempSync(join(tmpdir(), "tradestack-loaded-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const hook = join(folder, "hook.cjs");
  writeFileSync(
    hook,
    `process.on("exit", () => require("fs").appendFileSync(${JSON.stringify(join(folder, "loaded"))},
       Object.keys(require.cache).join("\\n")));`,
  );
  vi.stubEnv("NODE_OPTIONS", `--require ${hook}`);
  return () => readFileSync(join(folder, "loaded"), "utf8").split("\n");
}

test.each([
  ["dev", 2],
  ["staging", 3],
  ["prod", 3],
])(
  "the %s stack can be rendered with neither cluster nor key, and loads what it uses",
  async (stack, payments) => {
    const loaded = tellLoaded();
    const { resources, outputs } = await program(stack);
    const files = loaded();
    const aws = files.filter((file) => file.includes("/@pulumi/aws/"));
    expect(aws.some((file) => file.endsWith("/eks/cluster.js"))).toBe(stack === "prod");
    // The whole of it takes seconds.
    expect(aws.length).toBeLessThan(stack === "prod" ? 60 : 1);
    // Of a service mesh, which none of them has.
    expect(files.filter((file) => /\/@pulumi\/tls\/|\/helm\/v4\//.test(file))).toEqual([]);
    // Another name is another resource, and the old one is deleted, with its data: on purpose, or not at all. Those of
    // dev are recorded component by component.
    const urns = resources.map(({ urn }) => urn).sort();
    if (stack !== "dev") await expect(`${urns.join("\n")}\n`).toMatchFileSnapshot(`urns.${stack}.txt`);
    const payment = resources.find((resource) => resource.name === "payment-autoscaler");
    expect(payment?.inputs.spec).toMatchObject({ minReplicas: payments });
    expect(outputs).toMatchObject({ environment: stack, namespace: `tradestack-${stack}` });
    // A secret where the stack makes its cluster, and so not shown.
    expect(outputs.kubeconfig ?? null).toBeNull();
  },
);

/** Machines of EC2 where the stack has others: there is no stack of them. */
const ec2 = {
  "tradestack:cluster": {
    kind: "ec2",
    name: "tradestack-vm",
    region: "eu-central-1",
    account: "123456789012",
    agents: { min: 3, max: 9 },
  },
};

test.each([
  ["vm", "vm", {}],
  ["edge", "edge", {}],
  ["ec2", "vm", ec2],
])("nothing of a stack on machines (%s) gets another name", async (record, stack, changes) => {
  const { resources } = await program(stack, changes);
  const urns = resources.map(({ urn }) => urn).sort();
  await expect(`${urns.join("\n")}\n`).toMatchFileSnapshot(`urns.${record}.txt`);
});

test("the master key reaches no resource, output or component", async () => {
  const masterKey = Buffer.alloc(32, 9).toString("base64");
  expect(JSON.stringify(await program("dev", { "tradestack:masterKey": masterKey }))).not.toContain(
    masterKey,
  );
});

test("a mistake in a stack is one sentence that names the key", async () => {
  const mistake = program("dev", { "tradestack:redis": { replica: 3 } });
  await expect(mistake).rejects.toThrow(
    /^tradestack:redis\.replica is not a setting \(did you mean "replicas"\?\)/,
  );
});
