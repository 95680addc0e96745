import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accountService } from "./account/src/account-service.ts";
import { cartService } from "./cart/src/cart-service.ts";
import { catalogService } from "./catalog/src/catalog.ts";
import type { RunningService, Service } from "./chassis/index.ts";
import { OPENAPI_PATH } from "./chassis/openapi.ts";
import { urlVariable } from "./chassis/resources.ts";
import type { SettingsSpec } from "./chassis/settings.ts";
import {
  createTestDatabase,
  emptyTestRedis,
  startTestService,
  type TestDatabase,
  testServer,
} from "./chassis/test/running.ts";
import type { ServiceDescription } from "./description.ts";
import { gatewayService } from "./gateway/src/gateway.ts";
import { logisticsService } from "./logistics/src/logistics-service.ts";
import { orderService } from "./order/src/order-service.ts";
import { paymentService } from "./payment/src/payment-service.ts";
import { reviewService } from "./review/src/review-service.ts";
import { storefront } from "./storefront/service.ts";

/** An operation as far as it is looked at here. */
interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const databases: TestDatabase[] = [];
const running = new Map<string, RunningService>();
let redis: string;

/** Starts a service as its description says, after all that it calls. */
async function start<Spec extends SettingsSpec>(service: Service<Spec>): Promise<void> {
  const { name, calls, cache, database, publishes, consumes, secrets } = service.description;
  const environment: NodeJS.ProcessEnv = {};
  for (const callee of calls) environment[urlVariable(callee)] = running.get(callee.name)?.apiUrl;
  for (const secret of secrets) environment[secret] = randomBytes(32).toString("base64url");
  if (cache !== undefined) environment.REDIS_URL = redis;
  if (publishes.length + consumes.length > 0) environment.BROKER_URL = testServer("TEST_BROKER_URL");
  if (database !== undefined) {
    const own = await createTestDatabase(service.migrations);
    databases.push(own);
    environment.DATABASE_URL = own.url;
  }
  running.set(name, await startTestService(service, environment));
}

beforeAll(async () => {
  redis = await emptyTestRedis();
  await start(catalogService);
  await start(paymentService);
  await start(accountService);
  await start(reviewService);
  await start(cartService);
  await start(logisticsService);
  await start(orderService);
  await start(gatewayService);
});
afterAll(async () => {
  for (const service of [...running.values()].reverse()) await service.stop();
  for (const database of databases) await database.drop();
});

const read = async (service: string, path: string): Promise<Document> => {
  const answer = await request(running.get(service)?.apiUrl + path);
  expect(answer.statusCode).toBe(200);
  return (await answer.body.json()) as Document;
};
const operations = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method,
      path,
      operation,
    })),
  );

/** What a document leaves its reader to guess. */
const gaps = (document: Document): string[] =>
  operations(document).flatMap(({ name, operation: { summary, responses } }) => {
    const good = Object.entries(responses).filter(([status]) => /^[23]/.test(status));
    const silent = good.filter(([status, { content }]) => /^(200|201|2XX)$/.test(status) && !content);
    return [
      ...(summary ? [] : [`${name} has no summary`]),
      ...(good.length > 0 ? [] : [`${name} does not say what it answers`]),
      ...silent.map(([status]) => `${name} does not say what it answers ${status} with`),
    ];
  });

const described: readonly ServiceDescription[] = gatewayService.description.calls;

test("no service is left out", () => {
  const folders = readdirSync(import.meta.dirname).filter((name) =>
    existsSync(join(import.meta.dirname, name, "service.ts")),
  );
  // The chassis is what services are made of, and the storefront answers with pages.
  expect([...running.keys(), "chassis", storefront.name].sort()).toEqual(folders.sort());
});

test.each(described.map(({ name }) => name))("%s describes all of its API, as OpenAPI 3.1", async (name) => {
  const document = await read(name, OPENAPI_PATH);
  expect(operations(document).length).toBeGreaterThan(0);
  expect(gaps(document)).toEqual([]);
  expect(await new Validator().validate({ ...document })).toMatchObject({ valid: true });
});

test("the gateway describes what the public may use: every declared prefix, and no operation twice", async () => {
  const document = await read("gateway", "/api/openapi.json");
  expect(await new Validator().validate(structuredClone({ ...document }))).toMatchObject({ valid: true });
  const all = operations(document);
  for (const { routes } of described) {
    for (const route of routes) {
      const below = all.filter(({ path }) => path === `/api${route}` || path.startsWith(`/api${route}/`));
      expect(below, route).not.toEqual([]);
    }
  }
  const ids = all.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("whatever is described can be reached through the gateway", async () => {
  const gateway = running.get("gateway")?.apiUrl;
  for (const { name, method, path } of operations(await read("gateway", "/api/openapi.json"))) {
    const answer = await request(gateway + path.replaceAll(/{\w+}/g, "1"), {
      method: method.toUpperCase() as "GET",
      ...(["post", "put", "patch"].includes(method)
        ? { body: "[]", headers: { "content-type": "application/json" } }
        : {}),
    });
    const text = await answer.body.text();
    expect(text, name).not.toContain("urn:tradestack:problem:unknown-route");
    expect(answer.statusCode, `${name}: ${text}`).toBeLessThan(500);
  }
});
