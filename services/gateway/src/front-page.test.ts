import { Validator } from "@seriousme/openapi-schema-validator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openApiDocument } from "../../chassis/openapi.ts";
import { Front, goods, people } from "../test/front.ts";
import { StandIn } from "../test/stand-in.ts";

let front: Front;
let beside: StandIn;

beforeEach(async () => {
  beside = new StandIn();
  front = await Front.open({ beside: { service: people, standIn: beside } });
});
afterEach(async () => {
  await beside.close();
  await front.close();
});

/** Lets a service describe itself with some routes, and answer nothing else. */
function describes(standIn: StandIn, service: typeof goods, routes: Readonly<Record<string, string>>): void {
  const document = openApiDocument(
    service,
    Object.entries(routes).map(([url, summary]) => ({ method: "GET", url, schema: { summary } })),
  );
  standIn.behave = ({ url }, response) =>
    url === "/openapi.json" ? response.end(JSON.stringify(document)) : response.writeHead(404).end();
}
const both = () => {
  describes(front.service, goods, {
    "/goods": "List <goods>",
    "/goods/:id": "Show one",
    "/stock/:id": "Not public",
  });
  describes(beside, people, { "/sessions/:id": "Show a session", "/goodsx": "Not public either" });
};

describe("GET /api/openapi.json", () => {
  test("joins what services say of themselves: public paths only, as the public finds them", async () => {
    both();
    const { body, headers, status } = await front.ask("GET", "/api/openapi.json");
    expect({ status, type: headers["content-type"] }).toEqual({
      status: 200,
      type: "application/json; charset=utf-8",
    });
    expect(await new Validator().validate(structuredClone(body))).toMatchObject({ valid: true });
    expect(Object.keys(body.paths)).toEqual(["/api/goods", "/api/goods/{id}", "/api/sessions/{id}"]);
    expect(body.tags).toEqual([
      { name: "goods", description: "Goods & more" },
      { name: "people", description: "People" },
    ]);
    expect(body.paths["/api/goods"].get).toMatchObject({ summary: "List <goods>", tags: ["goods"] });
    expect(body.components).toMatchObject({
      schemas: { Problem: { type: "object" } },
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
    });
  });

  test("may be kept: the same document has the same tag", async () => {
    both();
    const first = await front.ask("GET", "/api/openapi.json");
    expect(first.headers).toMatchObject({ "cache-control": "public, max-age=60" });
    const etag = String(first.headers.etag);
    const again = await front.ask("GET", "/api/openapi.json", { headers: { "if-none-match": etag } });
    expect(again).toMatchObject({ status: 304, text: "", headers: { etag } });
  });

  test.each([
    ["is away", (standIn: StandIn) => standIn.close()],
    ["describes nothing", async (standIn: StandIn) => describes(standIn, people, {})],
    [
      "talks nonsense",
      async (standIn: StandIn) => {
        standIn.behave = (_request, response) => response.end('{"openapi":"2.0"}');
      },
    ],
  ])("has the others where a service %s", async (_, disturb) => {
    both();
    await disturb(beside);
    const { body } = await front.ask("GET", "/api/openapi.json");
    expect(Object.keys(body.paths)).toEqual(["/api/goods", "/api/goods/{id}"]);
    expect(await new Validator().validate(body)).toMatchObject({ valid: true });
    beside = new StandIn();
    await beside.listen();
  });

  test("still tells what a service said before it went away, and what is new once it is back", async () => {
    both();
    const before = (await front.ask("GET", "/api/openapi.json")).body.paths;
    const { port } = beside;
    await beside.close();
    // Asked more than once: news is fetched behind the answer.
    for (let count = 0; count < 3; count++) {
      expect((await front.ask("GET", "/api/openapi.json")).body.paths).toEqual(before);
    }
    beside = new StandIn();
    describes(beside, people, { "/sessions": "New" });
    await beside.listen(port);
    await expect
      .poll(async () => Object.keys((await front.ask("GET", "/api/openapi.json")).body.paths), {
        timeout: 10_000,
      })
      .toContain("/api/sessions");
  });
});

describe("GET /api", () => {
  test.each(["/api", "/api/"])("%s lists what there is and links the description", async (path) => {
    both();
    const page = await front.ask("GET", path);
    expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'.*style-src 'sha256-/);
    expect(page.text).toContain('<a href="/api/openapi.json">');
    expect(page.text).toContain("Goods &amp; more");
    expect(page.text).toContain("<dt><code>GET /api/goods/{id}</code></dt><dd>Show one</dd>");
    expect(page.text).toContain("List &lt;goods>");
    expect(page.text).not.toContain("Not public");
  });

  test("lists prefixes while services cannot describe themselves", async () => {
    await beside.close();
    const page = await front.ask("GET", "/api");
    expect(page.text).toContain("<code>/api/sessions</code>");
    beside = new StandIn();
    await beside.listen();
  });
});
