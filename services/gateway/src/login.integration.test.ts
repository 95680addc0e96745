import { request } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_PASSWORD, cookiesOf, TestAccounts } from "../../account/test/accounts.ts";
import type { RunningService } from "../../chassis/index.ts";
import { urlVariable } from "../../chassis/resources.ts";
import { startTestService } from "../../chassis/test/running.ts";
import { gateway } from "../service.ts";
import { StandIn } from "../test/stand-in.ts";
import { gatewayService } from "./gateway.ts";

const ADMIN = "admin@example.com";
let accounts: TestAccounts;
let others: StandIn;
let running: RunningService;

beforeAll(async () => {
  accounts = await TestAccounts.start();
  others = new StandIn();
  const url = await others.listen();
  const urls = gateway.calls.map((callee) => [
    urlVariable(callee),
    callee.name === "account" ? accounts.replicas[0]?.apiUrl : url,
  ]);
  running = await startTestService(gatewayService, {
    REDIS_URL: accounts.environment.REDIS_URL,
    ...Object.fromEntries(urls),
  });
});
afterAll(async () => {
  await running?.stop();
  await others?.close();
  await accounts?.stop();
});

async function ask(
  method: "GET" | "POST",
  path: string,
  headers: Record<string, string> = {},
  body?: object,
) {
  const answer = await request(running.apiUrl + path, {
    method,
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    body: text === "" ? {} : JSON.parse(text),
  };
}

test("who has logged in with the account service is known to every other one, until the token is no good", async () => {
  const login = await ask("POST", "/api/sessions", {}, { email: ADMIN, password: ADMIN_PASSWORD });
  expect(login.status, login.text).toBeLessThan(300);
  const { accessToken, account } = login.body;
  const authorization = `Bearer ${accessToken}`;

  expect((await ask("GET", "/api/accounts/me", { authorization })).body).toMatchObject({
    id: account.id,
    email: ADMIN,
  });
  await ask("GET", "/api/orders", { authorization, "x-caller-id": "somebody-else" });
  expect(others.received.at(-1)?.headers).toMatchObject({
    "x-caller-id": account.id,
    "x-caller-roles": account.roles.join(","),
  });
  expect(await ask("GET", "/api/accounts/me", { authorization: `${authorization}x` })).toMatchObject({
    status: 401,
    headers: { "www-authenticate": 'Bearer error="invalid_token"' },
  });
});

test("a session is refreshed by its cookie through the gateway", async () => {
  const login = await ask("POST", "/api/sessions", {}, { email: ADMIN, password: ADMIN_PASSWORD });
  expect(String(login.headers["set-cookie"])).toMatch(/refresh=.*Path=\/api\/sessions;.*HttpOnly/);
  const cookie = Object.entries(cookiesOf(login))
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
  const refreshed = await ask("POST", "/api/sessions/refresh", { cookie });
  expect(refreshed.status, refreshed.text).toBe(200);
  const authorization = `Bearer ${refreshed.body.accessToken}`;
  expect(await ask("GET", "/api/accounts/me", { authorization })).toMatchObject({ status: 200 });
});

test("whoever only says that they are somebody is nobody", async () => {
  const answer = await ask("GET", "/api/accounts/me", {
    "x-caller-id": "019a0000-0000-7000-8000-000000000001",
    "x-caller-roles": "admin",
  });
  expect(answer).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
});
