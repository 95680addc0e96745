import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXCEPTION_PREFIX, evaluate, isStopped } from "./evaluate.ts";
import type { Rule } from "./rule.ts";
import { RULES } from "./rules/index.ts";
import { object, PROD } from "./test/objects.ts";

/** Objects to everything. */
const strict: Rule = {
  name: "strict",
  description: "Nothing is right.",
  enforcement: "mandatory",
  scope: "stack",
  check: ({ manifests }) =>
    manifests.map(({ metadata: { name } }) => ({
      resource: `Service shop/${name}`,
      path: "",
      message: "no",
    })),
};
const service = (name: string, annotations = {}) => object("v1", "Service", name, {}, { annotations });
const subject = (...manifests: ReturnType<typeof service>[]) => ({ manifests, resources: [] });

test("a violation is told with its rule, and stops what is mandatory only", () => {
  const report = evaluate([strict], subject(service("web")), PROD);
  expect(report.findings).toEqual([
    { rule: "strict", enforcement: "mandatory", resource: "Service shop/web", path: "", message: "no" },
  ]);
  expect(isStopped(report)).toBe(true);
  expect(isStopped(evaluate([{ ...strict, enforcement: "advisory" }], subject(service("web")), PROD))).toBe(
    false,
  );
});

test("a place that a rule is milder with stops nothing", () => {
  const mild: Rule = {
    ...strict,
    check: (...all) => strict.check(...all).map((found) => ({ ...found, enforcement: "advisory" })),
  };
  const report = evaluate([mild], subject(service("web")), PROD);
  expect(report.findings).toMatchObject([{ enforcement: "advisory" }]);
  expect(isStopped(report)).toBe(false);
});

test("a rule is not asked where it does not hold", () => {
  const report = evaluate([{ ...strict, environments: ["dev"] }, strict], subject(service("web")), PROD);
  expect(report.rules).toEqual(["strict"]);
  expect(report.findings).toHaveLength(1);
});

test("an exception needs a reason, is for one rule and one object, and is told", () => {
  const excepted = (reason: string, rule = "strict") => service("web", { [EXCEPTION_PREFIX + rule]: reason });
  const report = evaluate([strict], subject(excepted("read by its controller"), service("api")), PROD);
  expect(report.findings.map(({ resource }) => resource)).toEqual(["Service shop/api"]);
  expect(report.exceptions).toEqual([
    { rule: "strict", resource: "Service shop/web", reason: "read by its controller" },
  ]);
  for (const none of [excepted(" "), excepted("for another rule", "probes")]) {
    expect(evaluate([strict], subject(none), PROD)).toMatchObject({ findings: [{}], exceptions: [] });
  }
});

test("rules have names of their own, which configuration and exceptions can hold", () => {
  const names = RULES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

test("the guide tells every rule as it is", () => {
  const guide = readFileSync(join(import.meta.dirname, "..", "docs", "guides", "policy.md"), "utf8");
  const told = guide.split("\n").filter((line) => line.startsWith("| `"));
  // The first table tells how the rules are asked.
  expect(told.filter((line) => !line.includes("npm run"))).toEqual(
    RULES.map(
      ({ name, description, environments }) =>
        `| \`${name}\` | ${environments?.join(", ") ?? "everywhere"} | ${description} |`,
    ),
  );
});
