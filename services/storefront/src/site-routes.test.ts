import { hash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleWeb, writeFiles } from "../../../images/web.ts";
import { type Api, createApi } from "../../chassis/api.ts";
import { createMetrics } from "../../chassis/metrics.ts";
import { silentLog } from "../../chassis/test/running.ts";
import { VIEWS } from "../web/src/views.ts";
import { readSite, SiteError } from "./site.ts";
import { serveSite } from "./site-routes.ts";

/** Largest sum of all scripts, compressed by gzip, in bytes. */
const SCRIPT_BUDGET = 60 * 1024;

const directory = mkdtempSync(join(tmpdir(), "storefront-"));
let api: Api;
let page: string;
let assets: string[];

beforeAll(async () => {
  const files = (await bundleWeb("storefront"))?.files ?? [];
  writeFiles(files, directory);
  assets = files.map(({ path }) => `/${path}`).filter((path) => /^\/assets\/.*\.(js|css)$/.test(path));
  api = createApi(silentLog, createMetrics());
  serveSite(api, readSite(directory), VIEWS);
  page = (await api.inject("/")).payload;
});
afterAll(() => api.close());

const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "accept-encoding": "gzip, br" };

describe("a view", () => {
  test.each(VIEWS)("%s is the page", async (view) => {
    const answer = await api.inject({ url: view.replace(/:\w+/, "something-1"), headers: browser });
    expect(answer.statusCode).toBe(200);
    expect(brotliDecompressSync(answer.rawPayload).toString()).toBe(page);
    expect(answer.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      vary: "accept-encoding",
    });
  });

  test("is not sent again to who has it", async () => {
    const { etag = "" } = (await api.inject("/")).headers;
    const answer = await api.inject({ url: "/cart", headers: { "if-none-match": String(etag) } });
    expect([answer.statusCode, answer.payload]).toEqual([304, ""]);
    const other = await api.inject({ url: "/cart", headers: { "if-none-match": '"other"' } });
    expect(other.statusCode).toBe(200);
  });

  test("that nobody has made is 404: the page for people, a problem for programs", async () => {
    const person = await api.inject({ url: "/no/such/view", headers: { accept: "text/html" } });
    expect([person.statusCode, person.payload]).toEqual([404, page]);
    const program = await api.inject({ url: "/no/such/view" });
    expect(program.statusCode).toBe(404);
    expect(program.headers["content-type"]).toContain("application/problem+json");
  });
});

describe("a file", () => {
  test("that the page names is there, compressed, and good for ever", async () => {
    const named = [...page.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(named.sort()).toEqual([...assets].sort());
    for (const url of named) {
      const plain = await api.inject(url);
      expect(plain.statusCode).toBe(200);
      expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
      const zipped = await api.inject({ url, headers: { "accept-encoding": "gzip" } });
      expect(zipped.headers["content-encoding"]).toBe("gzip");
      expect(gunzipSync(zipped.rawPayload)).toEqual(plain.rawPayload);
    }
  });

  test("that is not there is no page, so that an old script is noticed as missing", async () => {
    const answer = await api.inject({ url: "/assets/main-OLD.js", headers: browser });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  test.each(["/favicon.svg", "/robots.txt", "/shop.webmanifest"])("%s has its type", async (url) => {
    const answer = await api.inject({ method: "HEAD", url });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toMatch(
      /^(image\/svg\+xml|text\/plain|application\/manifest\+json)/,
    );
  });
});

describe("the policy", () => {
  test("lets only this origin's files and the page's own inline script in", async () => {
    const { headers } = await api.inject("/");
    const policy = String(headers["content-security-policy"]);
    const [, script = ""] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
    expect(policy).toContain(`script-src 'self' 'sha256-${hash("sha256", script, "base64")}'`);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(page).not.toMatch(/ on\w+=|<style|style=/);
  });

  test.each(["/", "/favicon.svg", "/nothing"])("is on the answer to %s", async (url) => {
    const { headers } = await api.inject(url);
    expect(headers).toMatchObject({
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "strict-transport-security": expect.any(String),
    });
  });
});

test("all scripts together stay within their budget", async () => {
  const scripts = assets.filter((path) => path.endsWith(".js"));
  const sizes = await Promise.all(
    scripts.map(async (url) => {
      const { rawPayload } = await api.inject({ url, headers: { "accept-encoding": "gzip" } });
      return rawPayload.length;
    }),
  );
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(SCRIPT_BUDGET);
});

test("10,000 bad requests: no server error, and no file from outside", { timeout: 120_000 }, async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "..",
      ".",
      "%2e%2e",
      "%2f",
      "%5c",
      "assets",
      "main.js",
      "etc",
      "passwd",
      "%00",
      "%",
      "%ff",
      "products",
    ),
    fc.string({ unit: "binary-ascii" }).map(encodeURIComponent),
  );
  const text = fc.stringMatching(/^[ -~]{0,30}$/);
  const badRequest = fc.record({
    method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    url: fc.array(piece, { maxLength: 6 }).map((pieces) => `/${pieces.join("/")}`),
    headers: fc.record({
      accept: text,
      "accept-encoding": text,
      "if-none-match": text,
      range: fc.constantFrom("bytes=0-1", "bytes=-1", "nonsense"),
    }),
  });
  await fc.assert(
    fc.asyncProperty(badRequest, async (request) => {
      const answer = await api.inject(request);
      expect(answer.statusCode).toBeLessThan(500);
      expect(answer.payload).not.toContain("root:");
    }),
    { numRuns: 10_000 },
  );
});

test("a folder without pages is refused with the remedy", () => {
  expect(() => readSite(join(directory, "nothing"))).toThrow(SiteError);
  expect(() => readSite(join(directory, "nothing"))).toThrow(/node images\/web\.ts storefront/);
});
