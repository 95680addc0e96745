import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { services } from "../services/index.ts";
import { bundleService } from "./bundle.ts";
import { recipeOf } from "./recipes.ts";
import { bundledPackages } from "./sbom.ts";

const bundles = new Map<string, ReturnType<typeof bundleService>>();
function bundleOf(service: string): ReturnType<typeof bundleService> {
  const bundle = bundles.get(service) ?? bundleService(service);
  bundles.set(service, bundle);
  return bundle;
}

type Bundle = Awaited<ReturnType<typeof bundleService>>;
const digest = ({ files }: Pick<Bundle, "files">) => {
  const hash = createHash("sha256");
  for (const { path, content } of files) hash.update(`${path}\n`).update(content);
  return hash.digest("hex");
};

test.each(services.map(({ name }) => name))(
  "the program of %s is made of nothing that its image's tag does not cover",
  async (service) => {
    const { metafile } = await bundleOf(service);
    const covered = new Set(
      recipeOf(service)
        .ingredients()
        .map((line) => line.split(" ", 1)[0]),
    );
    const ownFiles = Object.keys(metafile.inputs).filter((input) => !input.includes("node_modules/"));
    expect(ownFiles.filter((file) => !covered.has(file))).toEqual([]);
    expect(bundledPackages(metafile).filter((folder) => !covered.has(folder))).toEqual([]);
  },
);

describe("the bundle of a service with a database", async () => {
  const bundle = await bundleOf("catalog");
  const text = (wanted: string) => String(bundle.files.find(({ path }) => path === wanted)?.content);

  test("holds the program as an ES module, its migrations and a list of its packages", () => {
    const paths = bundle.files.map(({ path }) => path);
    expect(paths.slice(0, 3)).toEqual(["main.js", "package.json", "sbom.cdx.json"]);
    expect(paths.slice(3)).not.toEqual([]);
    for (const path of paths.slice(3)) expect(path).toMatch(/^migrations\/\d{4}_\w+\.sql$/);
    expect(JSON.parse(text("package.json")).type).toBe("module");
  });

  test("lists each package by a package URL", () => {
    const { components } = JSON.parse(text("sbom.cdx.json"));
    const urls = components.map(({ purl }: { purl: string }) => purl);
    expect(urls).toEqual(expect.arrayContaining([expect.stringMatching(/^pkg:npm\/fastify@\d+\.\d+\.\d+$/)]));
    expect(urls.filter((url: string) => /^pkg:npm\/%40/.test(url))).not.toEqual([]);
  });

  test("is the same each time", async () => {
    expect(digest(await bundleService("catalog"))).toBe(digest(bundle));
  });
});

test("a service without a database has no migrations", async () => {
  const { files } = await bundleOf("gateway");
  expect(files.map(({ path }) => path)).toEqual(["main.js", "package.json", "sbom.cdx.json"]);
});

describe("the bundle of a service with web pages", async () => {
  const { files } = await bundleOf("storefront");

  test("holds them with hashed names, compressed, and their packages in the list", () => {
    const paths = files.map(({ path }) => path);
    const assets = paths.filter((path) => path.startsWith("web/assets/"));
    expect(
      assets.filter((path) => !/^web\/assets\/\w+-[A-Z0-9]{8}\.(js|css)(\.br|\.gz)?$/.test(path)),
    ).toEqual([]);
    expect(assets).toHaveLength(6);
    expect(paths).toEqual(expect.arrayContaining(["web/index.html", "web/index.html.br", "web/favicon.svg"]));
    const list = String(files.find(({ path }) => path === "sbom.cdx.json")?.content);
    expect(list).toContain("pkg:npm/preact@");
  });

  test("is the same each time", async () => {
    expect(digest(await bundleService("storefront"))).toBe(digest({ files }));
  });
});

test("a program that cannot be bundled says which file is missing", async () => {
  await expect(bundleService("nothing")).rejects.toThrow(/services\/nothing\/src\/main\.ts/);
});
