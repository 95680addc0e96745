import { expect, test } from "vitest";
import { parseSettings } from "../settings.ts";
import { SettingsError } from "./error.ts";

const sandbox = { environment: "dev", cluster: { kind: "sandbox" } };
const existing = { environment: "staging", cluster: { kind: "existing", context: "kind-staging" } };
const tracing = (of: object, value?: unknown) =>
  parseSettings({ ...of, ...(value === undefined ? {} : { tracing: value }) }, "test", {}).tracing;

test("the sandbox gets a store; elsewhere nothing is recorded unasked", () => {
  expect(tracing(sandbox)).toMatchObject({ kind: "builtin", ratio: 0.05, retention: "72h", storage: "2Gi" });
  expect(tracing(sandbox, { kind: "none" })).toEqual({ kind: "none" });
  expect(tracing(existing)).toEqual({ kind: "none" });
  expect(tracing(existing, { kind: "otlp", endpoint: "https://otlp.example.com", ratio: 1 })).toEqual({
    kind: "otlp",
    endpoint: "https://otlp.example.com",
    ratio: 1,
  });
});

test.each([
  [{ kind: "otlp" }, "tradestack:tracing.endpoint is missing; name the receiver, such as http://"],
  [
    { kind: "otlp", endpoint: "collector:4318" },
    'tradestack:tracing.endpoint: "collector:4318" is not the URL',
  ],
  [
    { kind: "otlp", endpoint: "ftp://collector" },
    'tradestack:tracing.endpoint: "ftp://collector" is not the URL',
  ],
  [{ kind: "otlp", endpoint: "http://a", storage: "1Gi" }, "tradestack:tracing.storage"],
  [{ kind: "builtin", ratio: 5 }, "tradestack:tracing.ratio: 5 is not a number from 0 to 1"],
  [{ kind: "builtin", ratio: "0.1" }, 'tradestack:tracing.ratio: "0.1" is not a number from 0 to 1'],
  [{ kind: "builtin", retention: "3d" }, 'tradestack:tracing.retention: "3d" is not a time'],
  [{ kind: "builtin", retentions: "72h" }, '"retention"'],
  [{ kind: "jaeger" }, 'tradestack:tracing.kind: "jaeger" is none of builtin, otlp, none'],
])("%o is refused by name", (value, message) => {
  expect(() => tracing(sandbox, value)).toThrow(SettingsError);
  expect(() => tracing(sandbox, value)).toThrow(message);
});
