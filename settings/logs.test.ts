import { describe, expect, test } from "vitest";
import { readCluster } from "./cluster.ts";
import { readLogs } from "./logs.ts";
import { Section } from "./section.ts";

const context = readCluster(new Section("tradestack:cluster", { kind: "existing", context: "shop" }), {});
const sandbox = readCluster(new Section("tradestack:cluster", { kind: "sandbox" }), {});
const read = (values: object, cluster = context, environment: "dev" | "prod" = "dev") =>
  readLogs(new Section("tradestack:logs", values), cluster, environment);

test("nothing is made unasked, and production keeps more for longer", () => {
  expect(read({})).toEqual({ kind: "none" });
  expect(read({ kind: "builtin" })).toMatchObject({ namespace: "logs", retention: "7d", storage: "10Gi" });
  expect(read({ kind: "builtin" }, context, "prod")).toMatchObject({ retention: "30d", storage: "50Gi" });
  expect(read({ kind: "builtin", retention: "2w", storage: "1Gi", namespace: "shop-logs" })).toMatchObject({
    retention: "2w",
    storage: "1Gi",
    namespace: "shop-logs",
  });
});

describe("what cannot be is refused with its place and the remedy", () => {
  test.each([
    [{ kind: "loki" }, 'tradestack:logs.kind: "loki" is none of builtin, none'],
    [{ kind: "builtin", retention: "12h" }, 'tradestack:logs.retention: "12h" is not a number of days'],
    [{ kind: "builtin", retentoin: "7d" }, 'did you mean "retention"'],
    [{ kind: "builtin", storage: "much" }, "tradestack:logs.storage"],
    [{ retention: "7d" }, "tradestack:logs.retention: is for logs that are kept; write kind: builtin"],
  ])("%j", (values, message) => {
    expect(() => read(values)).toThrow(message);
  });

  test("a store in the sandbox", () => {
    expect(() => read({ kind: "builtin" }, sandbox)).toThrow("the sandbox has no image of Loki; remove it");
    expect(read({}, sandbox)).toEqual({ kind: "none" });
  });
});
