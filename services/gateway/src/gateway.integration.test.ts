import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { exportJWK, SignJWT } from "jose";
import { request } from "undici";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RunningService } from "../../chassis/index.ts";
import { urlVariable } from "../../chassis/resources.ts";
import { emptyTestRedis, startTestService } from "../../chassis/test/running.ts";
import { JWKS_PATH } from "../../contracts/account-api.ts";
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from "../../contracts/identity.ts";
import { gateway } from "../service.ts";
import { StandIn } from "../test/stand-in.ts";
import { gatewayService } from "./gateway.ts";

const ADA = randomUUID();
const own = generateKeyPairSync("ed25519");
const foreign = generateKeyPairSync("ed25519");
let services: StandIn;
let account: StandIn;
let environment: NodeJS.ProcessEnv;
let keySet: string;

beforeAll(async () => {
  const { x } = await exportJWK(own.publicKey);
  const key = { kty: "OKP", crv: "Ed25519", x, kid: "key-1", alg: TOKEN_ALGORITHM, use: "sig" };
  keySet = JSON.stringify({ keys: [key] });
});
beforeEach(async () => {
  services = new StandIn();
  account = new StandIn();
  account.behave = ({ url }, response) => response.end(url === JWKS_PATH ? keySet : "{}");
  const urls = { services: await services.listen(), account: await account.listen() };
  environment = {
    REDIS_URL: await emptyTestRedis(),
    CREDENTIALS_RATE_LIMIT_BURST: "2",
    CREDENTIALS_RATE_LIMIT_PER_MINUTE: "1",
    CORS_ORIGINS: "https://shop.example",
    ...Object.fromEntries(
      gateway.calls.map((callee) => [
        urlVariable(callee),
        callee.name === "account" ? urls.account : urls.services,
      ]),
    ),
  };
});

/** Runs a gateway for one test. */
async function withGateway(work: (running: RunningService) => Promise<void>): Promise<void> {
  const running = await startTestService(gatewayService, environment);
  try {
    await work(running);
  } finally {
    await running.stop();
    await services.close();
    await account.close();
  }
}
const ask = async (
  running: RunningService,
  path: string,
  headers = {},
  method: "GET" | "POST" | "PUT" = "GET",
) => {
  const answer = await request(running.apiUrl + path, { method, headers });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
};
const token = (key: KeyObject = own.privateKey) =>
  new SignJWT({ sid: randomUUID(), roles: ["customer"] })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: "key-1" })
    .setSubject(ADA)
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(key);
const bearer = async (key?: KeyObject) => ({ authorization: `Bearer ${await token(key)}` });

describe("access tokens", () => {
  test("are verified by the account service's published keys, which are asked for once", () =>
    withGateway(async (running) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, async () => ask(running, "/api/products", await bearer())),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      for (const { headers } of services.received) {
        expect(headers).toMatchObject({ "x-caller-id": ADA, "x-caller-roles": "customer" });
      }
      expect(await ask(running, "/api/products", await bearer(foreign.privateKey))).toMatchObject({
        status: 401,
      });
      expect(services.received).toHaveLength(20);
      expect(account.received.map(({ url }) => url)).toEqual([JWKS_PATH]);
    }));

  test("cannot be told while the account service is away from the start; they can once it is back", () =>
    withGateway(async (running) => {
      const { port } = account;
      await account.close();
      expect(await ask(running, "/api/products", await bearer())).toMatchObject({ status: 503 });
      expect(await ask(running, "/api/products")).toMatchObject({ status: 200 });
      account = new StandIn();
      account.behave = (_request, response) => response.end(keySet);
      await account.listen(port);
      await expect
        .poll(async () => (await ask(running, "/api/products", await bearer())).status, { timeout: 60_000 })
        .toBe(200);
    }));
});

test("logins of one address are limited by themselves, and counted", () =>
  withGateway(async (running) => {
    const from = (address: string) => ({ "x-forwarded-for": address });
    const login = (address: string) => ask(running, "/api/sessions", from(address), "POST");
    // Until it has reached Redis a gateway lets everybody in.
    await expect.poll(async () => (await login("203.0.113.9")).status, { timeout: 60_000 }).toBe(429);
    const logins = [];
    for (let count = 0; count < 3; count++) logins.push(await login("203.0.113.7"));
    expect(logins.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(logins[2]?.headers).toMatchObject({
      "retry-after": expect.stringMatching(/^\d+$/),
      "ratelimit-policy": '"credentials";q=2;w=120',
    });
    expect(await login("203.0.113.8")).toMatchObject({ status: 200 });
    expect(await ask(running, "/api/products", from("203.0.113.7"))).toMatchObject({ status: 200 });
    const metrics = await (await request(`${running.adminUrl}/metrics`)).body.text();
    expect(metrics).toContain('gateway_rate_limited_total{limit="credentials"} 2');
  }));

test("pages of origins in the settings may call", () =>
  withGateway(async (running) => {
    const { headers } = await ask(running, "/api/products", { origin: "https://shop.example" });
    expect(headers["access-control-allow-origin"]).toBe("https://shop.example");
  }));

test("a gateway describes no API of its own beside the public one", () =>
  withGateway(async (running) => {
    expect(await ask(running, "/openapi.json")).toMatchObject({ status: 404 });
    expect(await ask(running, "/api/openapi.json")).toMatchObject({ status: 200 });
  }));
