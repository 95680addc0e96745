import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ROOT } from "../stack/read.ts";
import { compare } from "./compare.ts";

/** A program that makes one ConfigMap and one claim for each word of its settings. */
const program = (claims: boolean): string => `
import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config("shop");
const make = (kind, name, more) => new pulumi.CustomResource(\`kubernetes:core/v1:\${kind}\`, name,
  { apiVersion: "v1", kind, metadata: { name, namespace: "shop" }, ...more });
make("ConfigMap", "greeting", { data: { word: config.require("word") } });
make("Secret", "password", { stringData: { password: config.requireSecret("masterKey") } });
${claims ? 'make("PersistentVolumeClaim", "data", { spec: {} });' : ""}
`;
const stackFile = (word: string) =>
  `config:\n  shop:word: ${word}\n  shop:masterKey: { secure: v1:not-to-be-read }\n`;

const root = mkdtempSync(join(tmpdir(), "tradestack-compare-test-"));
const write = (file: string, text: string) => writeFileSync(join(root, file), text);
const git = (...args: string[]) => execFileSync("git", ["-C", root, ...args], { stdio: "pipe" });

beforeAll(() => {
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  write(".gitignore", "node_modules\n");
  write("package.json", '{ "type": "module" }');
  write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
  write("Pulumi.dev.yaml", stackFile("hello"));
  write("index.ts", program(true));
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message=base");
});
afterAll(() => rmSync(root, { recursive: true }));

/** Runs the comparison and gives what it says. */
async function run(options: Partial<Parameters<typeof compare>[0]> = {}, ref = "main") {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const exitCode = await compare(
      { stack: "dev", everyStack: true, json: true, markdown: undefined, ...options },
      ref,
      root,
    );
    return { exitCode, said: written.mock.calls.map(([text]) => String(text)).join("") };
  } finally {
    written.mockRestore();
  }
}

test("the checkout as it lies there is compared with the branch, and nothing is left behind", async () => {
  write("index.ts", program(false));
  write("Pulumi.dev.yaml", stackFile("welcome"));
  write("Pulumi.edge.yaml", stackFile("servus"));
  const markdown = join(root, "comment.md");
  const { exitCode, said } = await run({ markdown });
  expect(exitCode).toBe(3);
  const { stacks } = JSON.parse(said);
  expect(stacks).toMatchObject([
    {
      stack: "dev",
      note: "",
      summary: { remove: 1, replace: 0, change: 1, add: 0, unchanged: 1, endangersData: 1 },
      changes: [
        { action: "remove", resource: "PersistentVolumeClaim shop/data", holdsData: true },
        { action: "change", differences: [{ path: "data.word", before: "hello", after: "welcome" }] },
      ],
    },
    { stack: "edge", note: "a new stack", summary: { add: 2, unchanged: 0 } },
  ]);
  const comment = readFileSync(markdown, "utf8");
  expect(comment).toContain("**`dev`: `persistentvolumeclaim/data` holds data and would be removed**");
  expect(said + comment).not.toContain("not-to-be-read");
  expect(git("status", "--porcelain", "--untracked-files=no").toString()).toMatch(/^ M \S+\n M \S+\n$/);
  expect(readdirSync(join(root, ".git"))).not.toContain("worktrees");
});

test("nothing that differs is told by the exit code", async () => {
  write("index.ts", program(true));
  write("Pulumi.dev.yaml", stackFile("hello"));
  const { exitCode, said } = await run({ everyStack: false, json: false });
  expect(exitCode).toBe(0);
  expect(said).toMatch(/dev.*: 0 removed, 0 replaced, 0 changed, 0 added, 3 unchanged\n$/);
});

test("a branch or stack that is not there, or what would be taken for an option, is refused with the way out", async () => {
  await expect(run({}, "mian")).rejects.toThrow(/--against mian: there is no such .*git fetch origin mian/);
  await expect(run({ everyStack: false, stack: "prod" })).rejects.toThrow(/stack "prod" does not exist/);
  await expect(run({}, "--output=x")).rejects.toThrow(/there is no such/);
});
