import { afterEach, describe, expect, test, vi } from "vitest";
import { services } from "../services/index.ts";
import { migrationsOf, UnknownImageError } from "./recipes.ts";
import { imageReference, imageTag, serviceImage, thirdPartyImage } from "./tags.ts";

/** Files whose content is not what is on disk, by their path in the repository. */
const changed = vi.hoisted(() => new Map<string, string>());
vi.mock("./repository.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("./repository.ts")>();
  return {
    ...original,
    readRepositoryFile: (path: string) =>
      changed.has(path) ? Buffer.from(changed.get(path) ?? "") : original.readRepositoryFile(path),
  };
});
const { readRepositoryFile } = await vi.importActual<typeof import("./repository.ts")>("./repository.ts");

/** Tags of some images while a file has a line more. */
function tagsWith(path: string, edit = (text: string) => `${text}\n// changed\n`): Map<string, string> {
  changed.set(path, edit(readRepositoryFile(path).toString()));
  return tags();
}
const names = [
  "debian",
  "node",
  "distroless",
  "postgres",
  "redis",
  "rabbitmq",
  "runtime",
  "gateway",
  "catalog",
  "storefront",
];
const tags = () => new Map(names.map((name) => [name, imageTag(name)]));
const difference = (a: Map<string, string>, b: Map<string, string>) =>
  names.filter((name) => a.get(name) !== b.get(name));

afterEach(() => changed.clear());

describe("a tag", () => {
  const before = tags();

  test("stays while nothing changes", () => {
    expect(difference(tags(), before)).toEqual([]);
  });

  test("changes with the image's own files, and only that image's", () => {
    expect(difference(tagsWith("images/redis/docker-entrypoint.sh"), before)).toEqual(["redis"]);
  });

  test("changes with what the image is built upon", () => {
    expect(difference(tagsWith("images/debian/mmdebstrap.options"), before)).toEqual(names);
    changed.clear();
    expect(difference(tagsWith("images/service/Dockerfile"), before)).toEqual([
      "runtime",
      "gateway",
      "catalog",
      "storefront",
    ]);
  });

  test("changes with any file that a service imports, and only that service's", () => {
    expect(difference(tagsWith("services/gateway/src/main.ts"), before)).toEqual(["gateway"]);
    changed.clear();
    expect(difference(tagsWith("services/chassis/index.ts"), before)).toEqual([
      "gateway",
      "catalog",
      "storefront",
    ]);
    changed.clear();
    expect(difference(tagsWith(`${migrationsOf("catalog")[0]}`), before)).toEqual(["catalog"]);
  });

  test("changes with any file of a service's web pages", () => {
    for (const path of ["index.html", "src/main.tsx", "style/theme.css", "public/favicon.svg"]) {
      expect(difference(tagsWith(`services/storefront/web/${path}`), before)).toEqual(["storefront"]);
      changed.clear();
    }
  });

  test("changes with the version of a package that a service imports, however deep", () => {
    const bump = (name: string) => (text: string) => {
      const lockfile = JSON.parse(text);
      lockfile.packages[`node_modules/${name}`].version = "99.0.0";
      return JSON.stringify(lockfile);
    };
    // fastify needs avvio; only tests need fast-check.
    expect(difference(tagsWith("package-lock.json", bump("avvio")), before)).toEqual([
      "gateway",
      "catalog",
      "storefront",
    ]);
    // Only pages need preact.
    expect(difference(tagsWith("package-lock.json", bump("preact")), before)).toEqual(["storefront"]);
    expect(difference(tagsWith("package-lock.json", bump("fast-check")), before)).toEqual([]);
  });

  test("does not change with what the service does not import", () => {
    expect(difference(tagsWith("services/order/src/main.ts"), before)).toEqual([]);
    expect(difference(tagsWith("images/tags.mocked.test.ts"), before)).toEqual([]);
  });
});

describe("a reference", () => {
  test("names the sandbox, the image and its tag", () => {
    expect(thirdPartyImage("redis")).toMatch(/^sandbox\.tradestack\.local\/redis:[0-9a-f]{16}$/);
    expect(serviceImage("gateway")).toBe(`sandbox.tradestack.local/gateway:${imageTag("gateway")}`);
  });

  test("of an unknown image is an error that lists the known ones", () => {
    expect(() => imageReference("mysql")).toThrow(UnknownImageError);
    expect(() => imageReference("mysql")).toThrow(/image "mysql".*postgres.*gateway/);
  });

  test("of every service is computed without delaying a preview", () => {
    const started = performance.now();
    for (const { name } of services) serviceImage(name);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
