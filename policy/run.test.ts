import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { exitCodeOf } from "../deploy/failure.ts";
import { RULES } from "./rules/index.ts";
import { run } from "./run.ts";
import { object } from "./test/objects.ts";

const CLOSED = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };
const fine = object("networking.k8s.io/v1", "NetworkPolicy", "default-deny", { spec: CLOSED });
const open = object("v1", "Service", "web", { spec: { type: "LoadBalancer" } });

function fileOf(...objects: object[]): string {
  const directory = mkdtempSync(join(tmpdir(), "tradestack-policy-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "manifests.yaml");
  writeFileSync(file, objects.map((each) => JSON.stringify(each)).join("\n---\n"));
  return file;
}

/** Exit code and output of the command. */
async function policy(...argv: string[]): Promise<{ code: number; output: string }> {
  const output: string[] = [];
  const code = await run(argv, (text) => output.push(text));
  return { code, output: output.join("") };
}

test("ends with 0 where no mandatory rule is broken", async () => {
  const { code, output } = await policy("--file", fileOf(fine));
  expect(code).toBe(0);
  expect(output).toContain(`: 1 objects, ${RULES.length} rules: 0 mandatory and 0 advisory violations\n`);
});

test("ends with 1 where one is, and says which", async () => {
  const { code, output } = await policy("--file", fileOf(fine, open), "--json");
  expect(code).toBe(1);
  expect(JSON.parse(output)).toMatchObject({
    findings: [
      { rule: "public-tls", enforcement: "mandatory", resource: "Service shop/web", path: "spec.type" },
    ],
    exceptions: [],
  });
});

test("holds files to the rules of the environment that they are for", async () => {
  expect((await policy("--file", fileOf(open), "--environment", "dev")).code).toBe(0);
});

test.each([
  ["--file", "nowhere.yaml"],
  ["--fil", "a.yaml"],
  ["--stack", "prd"],
])("ends with 2 where something else has to be asked for (%s %s)", async (...argv) => {
  const failure = await policy(...argv).catch((error: unknown) => error);
  expect(exitCodeOf(failure)).toBe(2);
});

test("explains itself", async () => {
  expect((await policy("--help")).output).toContain("Usage: npm run policy");
});
