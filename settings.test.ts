import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { services } from "./services/index.ts";
import { parseSettings, SettingsError } from "./settings.ts";

const dev = { environment: "dev", cluster: { kind: "sandbox" } };
const staging = { environment: "staging", cluster: { kind: "existing", context: "shop-staging" } };
const prod = {
  ...staging,
  environment: "prod",
  services: {
    payment: { environment: { PAYMENT_PROVIDER: "stripe" } },
    account: { secretFiles: { MAIL_URL: "mail/url" } },
  },
};
const parse = (raw: Record<string, unknown>, variables: NodeJS.ProcessEnv = {}, stack = "dev") =>
  parseSettings(raw, stack, variables);
const error = (raw: Record<string, unknown>, variables: NodeJS.ProcessEnv = {}, stack = "dev"): string => {
  try {
    parse(raw, variables, stack);
  } catch (refusal) {
    if (refusal instanceof SettingsError) return refusal.message;
    throw refusal;
  }
  return "(accepted)";
};

describe("defaults", () => {
  test("two keys are enough for a dev stack", () => {
    expect(parse(dev)).toMatchObject({
      environment: "dev",
      namespace: "tradestack-dev",
      cluster: { kind: "sandbox" },
      resolveDigests: false,
      redis: { replicas: 3, storage: "1Gi" },
      broker: { replicas: 1 },
      ingress: { className: "traefik", namespace: "traefik", host: undefined },
    });
  });

  test("a service runs as it describes itself, but for what the stack says", () => {
    const { order, payment } = parse({ ...dev, services: { order: { scale: { max: 4 } } } }).services;
    const described = services.find((service) => service.name === "order");
    expect(order?.scale).toEqual({ ...described?.scale, max: 4 });
    expect(order?.resources).toEqual(described?.resources);
    expect(payment?.scale).toEqual(services.find((service) => service.name === "payment")?.scale);
  });

  test("a mirror is a registry, with or without a port and a path", () => {
    for (const imageMirror of ["registry.example.com/mirror", "10.0.0.5:5000", "localhost:5000/a/b_c"]) {
      expect(parse({ ...dev, imageMirror }).imageMirror).toBe(imageMirror);
    }
    expect(parse(dev).imageMirror).toBeUndefined();
  });

  test("quantities may be written as numbers", () => {
    const raw = { ...dev, services: { order: { resources: { cpu: { limit: 2 } } } } };
    expect(parse(raw).services.order?.resources.cpu.limit).toBe("2");
  });
});

const order = (settings: object) => ({ ...dev, services: { order: settings } });
test.each<[string, Record<string, unknown>, RegExp]>([
  ["no settings", {}, /^stack "dev" has no settings.*Pulumi\.dev\.yaml/],
  ["no environment", { cluster: dev.cluster }, /^tradestack:environment is missing; write one of dev/],
  ["unknown environment", { ...dev, environment: "pord" }, /^tradestack:environment: "pord".*mean "prod"/],
  ["unknown key", { ...dev, redsi: {} }, /^tradestack:redsi is not a setting \(did you mean "redis"\?\)/],
  [
    "required key, mistyped",
    { environment: "dev", clutser: { kind: "sandbox" } },
    /^tradestack:clutser is not a setting \(did you mean "cluster"\?\)/,
  ],
  ["unknown inner key", { ...dev, redis: { replica: 1 } }, /^tradestack:redis\.replica .*mean "replicas"/],
  ["not an object", { ...dev, redis: "big" }, /^tradestack:redis: "big" is not an object/],
  ["a list", { ...dev, redis: [3] }, /^tradestack:redis: \[3\] is not an object/],
  ["no majority", { ...dev, redis: { replicas: 2 } }, /redis\.replicas: 2 cannot hold a majority.*1, 3, 5/],
  ["not a number", { ...dev, redis: { replicas: "3" } }, /redis\.replicas: "3" is not a whole number/],
  ["no quantity", { ...dev, postgres: { storage: "2 GB" } }, /postgres\.storage: "2 GB" is not a quantity/],
  ["nothing", { ...dev, postgres: { storage: "0Gi" } }, /postgres\.storage: "0Gi" is not a quantity above 0/],
  ["a mirror with a scheme", { ...dev, imageMirror: "https://mirror.example.com" }, /imageMirror: .*scheme/],
  ["a mirror without a host", { ...dev, imageMirror: "mirror" }, /imageMirror: "mirror" is not a registry/],
  ["unknown service", { ...dev, services: { ordr: {} } }, /services\.ordr: .*\(did you mean "order"\?\)/],
  ["min above max", order({ scale: { min: 5, max: 3 } }), /order\.scale: min \(5\) is above max \(3\)/],
  ["min above described max", order({ scale: { min: 99 } }), /order\.scale: min \(99\) is above max \(12\)/],
  ["negative", order({ scale: { min: -1 } }), /order\.scale\.min: -1 is not a whole number from 1/],
  ["101 %", order({ scale: { cpuPercent: 101 } }), /cpuPercent: 101 is not a whole number from 1 to 100/],
  [
    "limit below request",
    order({ resources: { cpu: { request: "500m", limit: "0.25" } } }),
    /order\.resources\.cpu: limit \(0\.25\) is below request \(500m\)/,
  ],
  [
    "limit below described request",
    order({ resources: { memory: { limit: "64Mi" } } }),
    /order\.resources\.memory: limit \(64Mi\) is below request \(96Mi\)/,
  ],
  ["no variable", order({ environment: { mailUrl: "x" } }), /environment\.mailUrl is not the name of a var/],
  ["no value", order({ environment: { MAIL_URL: [] } }), /environment\.MAIL_URL: \[\] is neither a text/],
  [
    "no key",
    order({ secretFiles: { API_KEY: "stripe" } }),
    /API_KEY: "stripe" does not say where.*stripe\/sec/,
  ],
  ["no port", order({ internetPorts: [443, 0] }), /internetPorts: \[443,0\] is not a list of whole numbers/],
  [
    "no cluster",
    { environment: "dev" },
    /^tradestack:cluster\.kind is missing; write one of sandbox, existing, eks/,
  ],
  ["half a cluster", { ...dev, cluster: { kind: "existing" } }, /context is missing; .*never used unasked/],
  ["both clusters", { ...dev, cluster: { kind: "sandbox", context: "kind" } }, /sandbox takes neither/],
  [
    "half a stack's name",
    { ...dev, cluster: { kind: "existing", stack: "shared" } },
    /cluster\.stack: "shared" is not a full name; write it like acme\/tradestack\/prod/,
  ],
  [
    "a stack and a context",
    { ...dev, cluster: { kind: "existing", stack: "acme/shared/cluster", context: "kind" } },
    /cluster\.stack: a stack brings its own kubeconfig; remove/,
  ],
  [
    "production's stack for development",
    { ...dev, cluster: { kind: "existing", stack: "acme/tradestack/prod" } },
    /looks like production/,
  ],
  ["TLS without a host", { ...dev, ingress: { tlsSecret: "tls" } }, /ingress\.host is missing/],
  ["no DNS name", { ...dev, ingress: { host: "Shop_1" } }, /ingress\.host: "Shop_1" is not a DNS name/],
  ["flag", { ...dev, resolveDigests: "yes" }, /resolveDigests: "yes" is neither true nor false/],
])("%s is refused", (_, raw, message) => expect(error(raw)).toMatch(message));

test("production has to say what only development can do without", () => {
  expect(parse(prod).environment).toBe("prod");
  const { account } = prod.services;
  expect(error({ ...prod, services: { account } })).toMatch(
    /services\.payment\.environment\.PAYMENT_PROVIDER is missing; .*for development/,
  );
  expect(parse(staging).services.payment?.environment).toEqual({});
});

test("a service gets variables, secrets and a way out of its own", () => {
  const { services } = parse(
    order({
      environment: { RESERVATION_SECONDS: 60, GREETING: "hello", STRICT: true },
      secretFiles: { API_KEY: "provider.v1/api-key" },
      internetPorts: [443],
    }),
  );
  expect(services.order).toMatchObject({
    environment: { RESERVATION_SECONDS: "60", GREETING: "hello", STRICT: "true" },
    secretFiles: { API_KEY: { secret: "provider.v1", key: "api-key" } },
    internetPorts: [443],
  });
  expect(services.payment).toMatchObject({ environment: {}, secretFiles: {}, internetPorts: [] });
});

test("a mistyped stack is told the one that was meant", () => {
  expect(error({}, {}, "stagin")).toMatch(/^stack "stagin" has no settings \(did you mean "staging"\?\)/);
});

test("a short master key is refused without being shown", () => {
  const message = error({ ...dev, masterKey: "c2hvcnQ=" });
  expect(message).toMatch(/^tradestack:masterKey is not 32 or more bytes.*openssl rand/);
  expect(message).not.toContain("c2hvcnQ=");
});

describe("the cluster", () => {
  test("--context stands in for the stack's own", () => {
    expect(parse(dev, { TRADESTACK_CONTEXT: "kind-shop" }).cluster).toEqual({
      kind: "existing",
      context: "kind-shop",
      kubeconfig: undefined,
    });
  });

  test("what looks like production is refused to other stacks, unless it is confirmed by name", () => {
    const context = "eu-Production-1";
    const variables = { TRADESTACK_CONTEXT: context };
    expect(error(dev, variables)).toMatch(
      /the dev stack .*"eu-Production-1" looks like production; .*--yes-really/,
    );
    expect(error(dev, { ...variables, TRADESTACK_YES_REALLY: "another" })).toMatch(/looks like production/);
    expect(parse(dev, { ...variables, TRADESTACK_YES_REALLY: context }).cluster).toMatchObject({ context });
    expect(parse(prod, variables).cluster).toMatchObject({ context });
  });
});

test("any scale is either refused by name or comes out as it went in", () => {
  const scale = fc.record({ min: fc.integer({ min: -3, max: 20 }), max: fc.integer({ min: -3, max: 20 }) });
  fc.assert(
    fc.property(scale, ({ min, max }) => {
      const raw = order({ scale: { min, max } });
      if (min >= 1 && min <= max) expect(parse(raw).services.order?.scale).toMatchObject({ min, max });
      else expect(error(raw)).toMatch(/^tradestack:services\.order\.scale/);
    }),
  );
});

test("whatever a stack says, it is settings or one sentence that begins with the key", () => {
  const top = fc.constantFrom(
    "environment",
    "cluster",
    "redis",
    "services",
    "ingress",
    "masterKey",
    "nonsense",
  );
  fc.assert(
    fc.property(top, fc.jsonValue(), (key, value) => {
      expect(error({ ...dev, [key]: value })).toMatch(/^(tradestack:[^\n]+|\(accepted\))$/);
    }),
  );
});
