import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refresh, tellChanges, withDigests } from "./refresh.ts";
import { indexDigest } from "./registry.ts";

const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
const platform = (architecture: string, os = "linux") => ({ platform: { os, architecture } });
const index = (...manifests: object[]) => JSON.stringify({ schemaVersion: 2, manifests });
const both = index(platform("amd64"), platform("arm64"), platform("unknown", "unknown"));

/** What the registry has, by `repository/tag`. */
const held: Record<string, { type: string; body: string; digest?: string }> = {
  "library/redis/7": { type: OCI_INDEX, body: both },
  "library/old/1": { type: DOCKER_LIST, body: both },
  "library/half/1": { type: OCI_INDEX, body: index(platform("amd64"), platform("arm64", "windows")) },
  "library/single/1": { type: "application/vnd.oci.image.manifest.v1+json", body: "{}" },
  "library/wrong/1": { type: OCI_INDEX, body: both, digest: "sha256:0000" },
};
const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** A registry that gives everybody a token for what is public, and wants to see it. */
let registry: Server;
let host: string;
const answer = ({ url = "", headers }: IncomingMessage): [number, Record<string, string>, string] => {
  const { pathname, searchParams } = new URL(url, `http://${host}`);
  if (pathname === "/token") {
    const fits = searchParams.get("service") === "registry";
    return [200, {}, JSON.stringify(fits ? { token: `for ${searchParams.get("scope")}` } : {})];
  }
  const [, repository = "", tag = ""] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(pathname) ?? [];
  if (repository === "busy") return [429, {}, ""];
  const scope = `repository:${repository}:pull`;
  if (headers.authorization !== `Bearer for ${scope}`) {
    const challenge = `Bearer realm="http://${host}/token",service="registry",scope="${scope}"`;
    return [401, { "www-authenticate": repository === "private" ? "Basic" : challenge }, ""];
  }
  const found = held[`${repository}/${tag}`];
  if (found === undefined || !(headers.accept ?? "").includes(OCI_INDEX)) return [404, {}, ""];
  const told = found.digest ?? sha256(found.body);
  return [200, { "content-type": found.type, "docker-content-digest": told }, found.body];
};
beforeAll(async () => {
  registry = createServer((request, response) => {
    const [status, headers, body] = answer(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => registry.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(() => {
  registry.closeAllConnections();
  registry.close();
});

test.each(["library/redis:7", "library/old:1"])("the digest of %s is that of its index", async (image) => {
  expect(await indexDigest(`${host}/${image}`)).toBe(sha256(both));
});

test.each([
  ["library/half:1", /half:1 is not made for arm64; choose another tag/],
  ["library/single:1", /single:1 is not made for amd64 and arm64/],
  ["library/wrong:1", /says sha256:0000 of what is sha256:[0-9a-f]{64}; ask it again/],
  ["library/none:1", /none:1 is not in its registry for everybody \(404\); correct it in versions\.ts/],
  ["private:1", /wants to know who asks; name a public image/],
  ["busy:1", /was asked too often; try again in an hour/],
  ["library/redis", /library\/redis is not a full reference; write registry\/name:tag/],
])("%s has no digest, and is told why", async (image, message) => {
  await expect(indexDigest(`${host}/${image}`)).rejects.toThrow(message);
});

test("without a way to a registry that is said in one sentence", async () => {
  // Port 1 is one that nothing listens on.
  await expect(indexDigest("127.0.0.1:1/library/redis:7")).rejects.toThrow(
    /^127\.0\.0\.1:1\/library\/redis:7: 127\.0\.0\.1:1 cannot be reached \(\w.*\); run this where/,
  );
});

test("what changed is told, and written so that nothing else of the module changes", async () => {
  const known = {
    "a.example/kept:1": "sha256:1",
    "a.example/moved:1": "sha256:2",
    "a.example/gone:1": "sha256:3",
  };
  const now: Record<string, string> = {
    "a.example/moved:1": "sha256:9",
    "a.example/kept:1": "sha256:1",
    "a.example/added:1": "sha256:4",
  };
  const refreshed = await refresh(Object.keys(now), known, async (reference) => now[reference] ?? "");
  expect(tellChanges(refreshed)).toBe(
    "new      a.example/added:1 sha256:4\nchanged  a.example/moved:1 sha256:2 → sha256:9\ndropped  a.example/gone:1\n",
  );
  const before = "/** Why. */\nexport const IMAGE_DIGESTS: Readonly<Record<string, string>> = {};\n";
  const written = withDigests(before, refreshed.digests);
  expect(written).toMatch(/^\/\*\* Why\. \*\/\nexport const IMAGE_DIGESTS: .* = \{\n/);
  expect([...written.matchAll(/"(sha256:\d)"/g)].map(([, digest]) => digest)).toEqual([
    "sha256:4",
    "sha256:1",
    "sha256:9",
  ]);
  expect(withDigests(written, {})).toBe(before);
  const again = await refresh(Object.keys(now), refreshed.digests, async (reference) => now[reference] ?? "");
  expect(tellChanges(again)).toBe("all 3 images are as they were\n");
});

test("one image that cannot be looked up leaves all of them as they were", async () => {
  const ask = async (reference: string) => {
    if (reference.startsWith("b")) throw new Error("away");
    return "sha256:1";
  };
  await expect(refresh(["a.example/a:1", "b.example/b:1"], {}, ask)).rejects.toThrow("away");
});
