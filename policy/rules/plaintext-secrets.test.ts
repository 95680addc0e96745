import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { judge, object, places, withContainer } from "../test/objects.ts";
import { plaintextSecrets } from "./plaintext-secrets.ts";

const SECRET = "correct-horse-battery-staple";

test("settings, and secrets that are only referred to, pass", () => {
  const env: JsonObject[] = [
    { name: "LOG_LEVEL", value: "info" },
    { name: "DATABASE_URL_FILE", value: "/run/secrets/tradestack/database-url" },
    { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "database", key: "password" } } },
    { name: "DATABASE_URL", value: "postgres://order:$(PASSWORD)@postgres/order" },
    { name: "TOKEN", value: "" },
  ];
  const fine = withContainer({
    env,
    command: ["/app/main"],
    args: ["--password-file=/run/secrets/password"],
  });
  const config = object("v1", "ConfigMap", "settings", {
    data: { "server.conf": "password_encryption = scram" },
  });
  expect(judge(plaintextSecrets, fine, config)).toEqual([]);
});

test.each([
  [{ env: [{ name: "DB_PASSWORD", value: SECRET }] }, "env[0]"],
  [{ env: [{ name: "DATABASE_URL", value: `postgres://order:${SECRET}@postgres/order` }] }, "env[0]"],
  [{ args: ["serve", `--api-key=${SECRET}`] }, "args[1]"],
  [{ command: ["sh", "-c", `psql postgres://admin:${SECRET}@db/shop`] }, "command[2]"],
])("a secret in a container is found, and not repeated (%#)", (changes, path) => {
  const found = judge(plaintextSecrets, withContainer(changes));
  expect(found.map((each) => each.path)).toEqual([`spec.template.spec.containers[0].${path}`]);
  expect(JSON.stringify(found)).not.toContain(SECRET);
});

test("so is one in a ConfigMap, and in a copy that a tool keeps in an annotation", () => {
  const data = { password: SECRET, "app.yaml": `url: amqp://shop:${SECRET}@broker` };
  expect(places(plaintextSecrets, object("v1", "ConfigMap", "settings", { data }))).toEqual([
    'data["password"]',
    'data["app.yaml"]',
  ]);
  const annotations = {
    last: `{"url":"amqp://shop:${SECRET}@broker"}`,
    checksum: "9f86d081884c7d659a2feaa0c55ad015",
  };
  expect(places(plaintextSecrets, object("v1", "Service", "web", {}, { annotations }))).toEqual([
    'metadata.annotations["last"]',
  ]);
});
