import { expect, test } from "vitest";
import { derivePassword, KeyRing } from "../../components/credentials.ts";
import { Platform } from "../../components/platform/platform.ts";
import { defineService } from "../../services/description.ts";
import { parseSettings } from "../../settings.ts";
import { make } from "./support.ts";

const raw = { environment: "dev", cluster: { kind: "sandbox" } };
const masterKey = Buffer.alloc(32, 7).toString("base64");
const scale = { min: 1, max: 2, cpuPercent: 70 };
const resources = { cpu: { request: "50m", limit: "1" }, memory: { request: "64Mi", limit: "128Mi" } };
const objectives = { availability: 99.9, p99: "250ms" } as const;
const vault = defineService({
  name: "order",
  summary: "Keeps two secrets",
  secrets: ["SEAL_KEY", "ADMIN_PASSWORD"],
  public: "/vault",
  scale,
  resources,
  objectives,
});
const neighbour = defineService({ name: "payment", summary: "Keeps none", scale, resources, objectives });

const platform = (changes: object = {}, key = masterKey, url?: string) => {
  const images = { service: (name: string) => `${name}:1`, thirdParty: (name: string) => `${name}:1` };
  const settings = parseSettings({ ...raw, ...changes }, "dev", {});
  return make(() => {
    const keys = new KeyRing(key);
    const services = [vault, neighbour];
    new Platform("tradestack", { settings, services, images, keys, ...(url === undefined ? {} : { url }) });
  });
};
const containerOf = (made: Awaited<ReturnType<typeof platform>>, service = "order") => {
  const [container] = made.one("Deployment", service).spec.template.spec?.containers ?? [];
  if (container === undefined) throw new Error(`${service} has no container`);
  return container;
};
const variable = (made: Awaited<ReturnType<typeof platform>>, name: string, service = "order") =>
  containerOf(made, service).env.find((entry) => entry.name === name)?.value;

test("a service is given the secrets that it declares as files, and nobody else is", async () => {
  const made = await platform();
  const secret = made.one("Secret", "order-secrets");
  expect(secret.stringData).toEqual({
    SEAL_KEY: derivePassword(masterKey, "service/order/SEAL_KEY"),
    ADMIN_PASSWORD: derivePassword(masterKey, "service/order/ADMIN_PASSWORD"),
  });
  expect(variable(made, "SEAL_KEY_FILE")).toBe("/run/secrets/tradestack/seal-key");
  expect(JSON.stringify(made.one("Deployment", "payment"))).not.toContain("order-secrets");
});

test("another master key makes other secrets, and replaces the pods that hold them", async () => {
  const before = await platform();
  const after = await platform();
  const changed = await platform({}, Buffer.alloc(32, 8).toString("base64"));
  const annotations = (made: Awaited<ReturnType<typeof platform>>) =>
    made.one("Deployment", "order").spec.template.metadata?.annotations;
  expect(annotations(before)).toEqual(annotations(after));
  expect(annotations(changed)).not.toEqual(annotations(before));
});

test("what a stack says of a service reaches that service alone", async () => {
  const made = await platform({
    services: {
      order: {
        environment: { GREETING: "hello" },
        secretFiles: { API_KEY: "provider/api-key" },
        internetPorts: [443],
      },
    },
  });
  expect(variable(made, "GREETING")).toBe("hello");
  expect(variable(made, "API_KEY_FILE")).toBe("/run/secrets/tradestack/api-key");
  expect(variable(made, "GREETING", "payment")).toBeUndefined();
  const volumes = made.one("Deployment", "order").spec.template.spec?.volumes ?? [];
  expect(volumes.flatMap((volume) => volume.projected?.sources ?? [])).toContainEqual({
    secret: { name: "provider", items: [{ key: "api-key", path: "api-key" }] },
  });

  const outside = (service: string) =>
    made.one("NetworkPolicy", service).spec.egress.filter((rule) => rule.to.some((peer) => peer.ipBlock));
  expect(outside("payment")).toEqual([]);
  const [rule] = outside("order");
  expect(rule?.ports).toEqual([{ protocol: "TCP", port: 443 }]);
  expect(rule?.to[0]?.ipBlock.except).toEqual(
    expect.arrayContaining(["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]),
  );
});

test("links lead to where people find the platform, if that is known", async () => {
  expect(variable(await platform(), "PUBLIC_URL")).toBeUndefined();
  const url = "https://shop.example.com";
  expect(variable(await platform({}, masterKey, url), "PUBLIC_URL")).toBe(url);
});
