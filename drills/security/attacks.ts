/** A list of attacks on the gateway, as anybody on the internet can try them. Each is told with what a safe answer is. */

import { createHmac, randomUUID } from "node:crypto";
import type { Platform } from "../platform/platform.ts";
import { orderOf } from "../platform/shop.ts";
import { type Credentials, logIn } from "../platform/staff.ts";
import type { Stage } from "../runner/drill.ts";
import { type Attack, answered } from "./attack.ts";
import { say, statusesIn } from "./raw.ts";
import { webhooks } from "./webhooks.ts";

/** Seconds that a client may take for the head of its request at the most. */
const SLOW_CLIENT = 90;

/** Tries every attack. */
export async function tryAttacks({ platform, findings, say: tell }: Stage): Promise<void> {
  const attacks = [
    ...sizes(platform),
    ...paths(platform),
    ...injections(platform),
    ...(await tokens(platform)),
    ...(await webhooks(platform)),
    ...(await strangers(platform)),
    slowClient(platform),
  ];
  let succeeded = 0;
  for (const { name, attempt } of attacks) {
    const how = await attempt().catch((error: unknown) => `broke off: ${String(error)}`);
    if (how === undefined) continue;
    succeeded += 1;
    findings.note(`attack ${name}: ${how}`);
  }
  tell(`${attacks.length} attacks tried`);
  findings.figure("attacks tried", attacks.length);
  findings.exactly("attacks without a safe answer", succeeded, 0);
}

function sizes({ shop, cluster }: Platform): Attack[] {
  const large = "x".repeat(5 << 20);
  const host = new URL(cluster.ingress).host;
  const key = { "idempotency-key": randomUUID() };
  const smuggled = `POST /api/orders/quotes HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/categories HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  return [
    answered("a body of 5 MiB", () => shop.send("POST", "/api/orders", { large }, key), 413),
    answered(
      "a header of 64 KiB",
      () => shop.send("GET", "/api/products", undefined, { "x-large": large.slice(0, 1 << 16) }),
      431,
      400,
    ),
    answered(
      "a body of 10,000 nested lists",
      () => shop.send("POST", "/api/orders", `${"[".repeat(10_000)}`, key),
      400,
    ),
    answered(
      "a body that sets the prototype",
      () => shop.send("POST", "/api/orders", '{"__proto__":{"paid":true}}', key),
      400,
    ),
    {
      name: "two lengths for one body (request smuggling)",
      async attempt() {
        const statuses = statusesIn((await say(cluster.ingress, smuggled, { seconds: 3 })).text);
        return statuses.length <= 1 || statuses[0] === 400 ? undefined : `answered ${statuses.join(" and ")}`;
      },
    },
  ];
}

function paths({ shop }: Platform): Attack[] {
  const id = randomUUID();
  const hidden = [
    ["POST", "/api/payments/authorisations"],
    ["POST", "/api/payments/reversals"],
    ["POST", `/api/payments/${id}/refunds`],
    ["PUT", `/api/reservations/${id}`],
    ["POST", `/api/reservations/${id}/confirm`],
    ["PUT", `/api/cancellations/${id}`],
    ["GET", "/api/../payments/authorisations"],
    ["GET", "/api/%2e%2e/metrics"],
    ["GET", "/api/metrics"],
    ["GET", "/api/livez"],
  ] as const;
  return [
    ...hidden.map(([method, path]) =>
      answered(
        `${method} ${path}`,
        () => shop.send(method, path, method === "GET" ? undefined : {}),
        400,
        404,
        405,
      ),
    ),
    {
      name: "metrics through the front door",
      async attempt() {
        const { body } = await shop.send("GET", "/metrics");
        return String(body).includes("process_cpu_seconds_total") ? "the metrics are public" : undefined;
      },
    },
  ];
}

/** Words that mean something to a database, a page or a shell. */
const EVIL = [
  "' OR '1'='1' --",
  "'; DROP TABLE product; --",
  '{"$gt":""}',
  "<script>alert(1)</script>",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: to be taken for a template is the attack.
  "${jndi:ldap://127.0.0.1/a}",
  "../../../../etc/passwd",
  "%00",
];

function injections({ shop }: Platform): Attack[] {
  return EVIL.flatMap((words) => {
    const escaped = encodeURIComponent(words);
    return [
      answered(`a search for ${words}`, () => shop.send("GET", `/api/products?q=${escaped}`), 200, 400),
      answered(`a product called ${words}`, () => shop.send("GET", `/api/products/${escaped}`), 400, 404),
      answered(
        `a customer called ${words}`,
        () => {
          const order = orderOf("NO-SUCH-SKU");
          return shop.order({ ...order, shipTo: { ...order.shipTo, name: words } });
        },
        400,
        404,
        409,
        422,
      ),
      {
        name: `a page about ${words}`,
        async attempt() {
          const { status, body } = await shop.send("GET", `/products/${escaped}`);
          if (status >= 500) return String(status);
          return words.startsWith("<") && String(body).includes(words) ? "the page repeats it" : undefined;
        },
      },
    ];
  });
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

async function tokens(platform: Platform): Promise<Attack[]> {
  const { shop } = platform;
  const { authorization = "" } = await logIn(platform, "shopper@example.com").catch(() => ({
    authorization: "",
  }));
  const [, payload = "", signature = ""] = authorization.replace("Bearer ", "").split(".");
  const claims: object = payload === "" ? {} : JSON.parse(Buffer.from(payload, "base64url").toString());
  const admin = encoded({ ...claims, roles: ["customer", "admin"] });
  const keys = await shop.send("GET", "/api/.well-known/jwks.json");
  const [key] = (keys.body as { keys: { kid: string; x: string }[] }).keys;
  const head = (alg: string) => encoded({ alg, typ: "at+jwt", kid: key?.kid });
  const hmac = `${head("HS256")}.${admin}`;
  const forged: Readonly<Record<string, string>> = {
    "no signature (alg none)": `${head("none")}.${admin}.`,
    "a signature by the public key (HS256)": `${hmac}.${createHmac(
      "sha256",
      Buffer.from(key?.x ?? "", "base64url"),
    )
      .update(hmac)
      .digest("base64url")}`,
    "another's claims under a real signature": `${head("EdDSA")}.${admin}.${signature}`,
    "a key of the attacker's in the head": `${encoded({ alg: "EdDSA", typ: "at+jwt", jwk: { kty: "OKP", crv: "Ed25519", x: key?.x } })}.${admin}.${signature}`,
    nonsense: "a.b.c",
  };
  const claimed = { "x-caller-id": randomUUID(), "x-caller-roles": "customer,admin" };
  return [
    ...Object.entries(forged).map(([name, token]) =>
      answered(
        `a token with ${name}`,
        () => shop.send("GET", "/api/accounts/me", undefined, { authorization: `Bearer ${token}` }),
        401,
      ),
    ),
    answered(
      "headers that only the gateway sets",
      () => shop.send("GET", "/api/accounts?email=ada@example.com", undefined, claimed),
      401,
    ),
    answered(
      "headers that only the gateway sets, for an order",
      () => shop.send("GET", "/api/orders?customer=ada@example.com", undefined, claimed),
      401,
    ),
  ];
}

/** What people try with what is somebody else's: an order of a guest, in each of the other roles. */
async function strangers(platform: Platform): Promise<Attack[]> {
  const { shop } = platform;
  const [sku = ""] = await shop.skusInStock(1, 10);
  const { body } = await shop.order(orderOf(sku));
  const path = `/api/orders/${(body as { id: string }).id}`;
  const roles: Record<string, Credentials> = {
    nobody: {},
    "somebody with another token": { "order-token": "x".repeat(43) },
  };
  for (const person of ["shopper", "merchant"]) {
    const headers = await logIn(platform, `${person}@example.com`).catch(() => undefined);
    if (headers !== undefined) roles[person] = headers;
  }
  const key = { "idempotency-key": randomUUID() };
  const someone = randomUUID();
  const refund = { amount: 1, reason: "mine now" };
  return Object.entries(roles).flatMap(([who, headers]) => {
    const send = (method: "GET" | "POST" | "PUT" | "DELETE", where: string, what?: unknown) => () =>
      shop.send(method, where, what, { ...headers, ...key });
    const refused = [401, 403, 404];
    return [
      answered(`another's order, read by ${who}`, send("GET", path), ...refused),
      answered(`another's order, its history read by ${who}`, send("GET", `${path}/history`), ...refused),
      answered(`another's order, cancelled by ${who}`, send("POST", `${path}/cancellation`, {}), ...refused),
      answered(`another's order, refunded by ${who}`, send("POST", `${path}/refunds`, refund), ...refused),
      answered(`another's account, read by ${who}`, send("GET", `/api/accounts/${someone}`), ...refused),
      answered(
        `an account looked for by its address by ${who}`,
        send("GET", "/api/accounts?email=ada@example.com"),
        ...refused,
      ),
      answered(
        `roles, changed by ${who}`,
        send("PUT", `/api/accounts/${someone}/roles`, { roles: ["customer", "admin"] }),
        ...refused,
      ),
      answered(`all shipments, read by ${who}`, send("GET", "/api/shipments"), 400, ...refused),
      ...(who === "merchant"
        ? []
        : [
            answered(
              `stock, counted by ${who}`,
              send("PUT", `/api/stock/${sku}`, { available: 1 }),
              ...refused,
            ),
          ]),
    ];
  });
}

/** One who says a header a second, and never all of them: each of those would hold a connection for ever. */
const slowClient = ({ cluster }: Platform): Attack => ({
  name: "a client that never comes to the end of its head (slowloris)",
  async attempt() {
    const head = `GET /api/products HTTP/1.1\r\nHost: ${new URL(cluster.ingress).host}\r\n`;
    const drops = Array.from({ length: SLOW_CLIENT }, (_, index) => `X-Slow-${index}: x\r\n`);
    const { closedAfter } = await say(cluster.ingress, head, { drops, seconds: SLOW_CLIENT });
    return closedAfter === undefined ? `it still holds its connection after ${SLOW_CLIENT} s` : undefined;
  },
});
