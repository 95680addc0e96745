import { expect, test } from "vitest";
import { show } from "./show.ts";

const finding = { rule: "probes", resource: "Service shop/web", path: "spec", message: "do this" };

test("tells what stops a deployment first, then the rest, then the sum", () => {
  const text = show("stack prod", 7, {
    rules: ["probes", "resources"],
    findings: [
      { ...finding, enforcement: "advisory" },
      { ...finding, rule: "resources", path: "", enforcement: "mandatory" },
    ],
    exceptions: [{ rule: "probes", resource: "Service shop/api", reason: "ends by itself" }],
  });
  expect(text).toBe(`mandatory  resources  Service shop/web
  do this
advisory  probes  Service shop/web  spec
  do this
excepted  probes  Service shop/api: ends by itself
stack prod: 7 objects, 2 rules: 1 mandatory and 1 advisory violations; it must not be deployed like this
`);
});

test("has one line to say where all is well", () => {
  expect(show("stack dev", 3, { rules: ["probes"], findings: [], exceptions: [] })).toBe(
    "stack dev: 3 objects, 1 rules: 0 mandatory and 0 advisory violations\n",
  );
});
