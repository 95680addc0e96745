import { base64url, decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { request } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RunningService } from "../../chassis/index.ts";
import { urlVariable } from "../../chassis/resources.ts";
import { startTestService } from "../../chassis/test/running.ts";
import type { Session } from "../../contracts/account-api.ts";
import type { KeySet } from "../../contracts/identity.ts";
import { gateway } from "../../gateway/service.ts";
import { gatewayService } from "../../gateway/src/gateway.ts";
import { cookiesOf, TestAccounts } from "../test/accounts.ts";

const EMAIL = "robin@example.org";
const PASSWORD = "a long walk at night";
/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:1";
let accounts: TestAccounts;
let door: RunningService;
let session: Session;

beforeAll(async () => {
  accounts = await TestAccounts.start();
  const [replica] = accounts.replicas;
  door = await startTestService(gatewayService, {
    REDIS_URL: accounts.environment.REDIS_URL,
    CREDENTIALS_RATE_LIMIT_BURST: "1000",
    ...Object.fromEntries(
      gateway.calls.map((callee) => [
        urlVariable(callee),
        callee.name === "account" ? replica?.apiUrl : NOWHERE,
      ]),
    ),
  });
  await accounts.register(EMAIL, PASSWORD);
});
afterAll(async () => {
  await door?.stop();
  await accounts?.stop();
});
beforeEach(async () => {
  const loggedIn = await ask("POST", "/sessions", {}, { email: EMAIL, password: PASSWORD });
  expect(loggedIn.status, loggedIn.text).toBe(201);
  session = JSON.parse(loggedIn.text);
});

/** Asks as the public does: by the gateway. */
const ask = async (
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  headers: Record<string, string> = {},
  body?: object,
) => {
  const answer = await request(`${door.apiUrl}/api${path}`, {
    method,
    headers: { ...headers, ...(body && { "content-type": "application/json" }) },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
};
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const me = (token: string) => ask("GET", "/accounts/me", bearer(token));

test("who logs in at the door is who they are behind it", async () => {
  expect(JSON.parse((await me(session.accessToken)).text)).toEqual(session.account);
  expect((await ask("GET", "/accounts/me")).status).toBe(401);
});

test("a session is carried on by its cookie, and ended by it", async () => {
  const loggedIn = await ask("POST", "/sessions", {}, { email: EMAIL, password: PASSWORD });
  const { refresh } = cookiesOf(loggedIn);
  const refreshed = await ask("POST", "/sessions/refresh", { cookie: `refresh=${refresh}` });
  expect(refreshed.status, refreshed.text).toBe(200);
  expect((await me((JSON.parse(refreshed.text) as Session).accessToken)).status).toBe(200);
  const next = { cookie: `refresh=${cookiesOf(refreshed).refresh}` };
  expect((await ask("DELETE", "/sessions/current", next)).status).toBe(204);
  expect((await ask("POST", "/sessions/refresh", next)).status).toBe(401);
});

test("nobody says from outside who they are", async () => {
  const admin = await accounts.admin();
  const claims = { "x-caller-id": admin.account.id, "x-caller-roles": "admin" };
  expect((await ask("GET", "/accounts/me", claims)).status).toBe(401);
  const roles = { roles: ["admin"] };
  const path = `/accounts/${session.account.id}/roles`;
  expect((await ask("PUT", path, claims, roles)).status).toBe(401);
  const mixed = { ...claims, ...bearer(session.accessToken) };
  expect((await ask("PUT", path, mixed, roles)).status).toBe(403);
});

describe("a forged token is refused:", () => {
  const part = (value: unknown) => base64url.encode(JSON.stringify(value));
  const forged = () => ({ ...decodeJwt(session.accessToken), roles: ["customer", "admin"] });

  test("one without signature", async () => {
    for (const alg of ["none", "None"]) {
      const header = { ...decodeProtectedHeader(session.accessToken), alg };
      expect((await me(`${part(header)}.${part(forged())}.`)).status).toBe(401);
    }
  });

  test("one with another token's signature", async () => {
    const [header, , signature] = session.accessToken.split(".");
    const answer = await me(`${header}.${part(forged())}.${signature}`);
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe('Bearer error="invalid_token"');
  });

  test("one signed with the published key as a shared secret", async () => {
    const published: KeySet = JSON.parse((await ask("GET", "/.well-known/jwks.json")).text);
    for (const { x, kid } of published.keys) {
      for (const secret of [new TextEncoder().encode(x), base64url.decode(x)]) {
        const token = await new SignJWT(forged())
          .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid })
          .sign(secret);
        expect((await me(token)).status).toBe(401);
      }
    }
  });
});
