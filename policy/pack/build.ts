/**
 * `npm run build:policy`: the policy pack as one file of JavaScript, with what Pulumi needs beside it, in policy/dist
 * or the directory that is named. The SDK stays outside: the engine's own tools load it, too.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "..", "..");

/** The part of a package's description that is read here. */
interface PackageJson {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Writes the pack. The same sources give the same bytes.
 *
 * @param directory Made where it does not exist.
 */
export async function buildPack(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, "index.ts")],
    absWorkingDir: ROOT,
    outfile: join(directory, "index.js"),
    bundle: true,
    platform: "node",
    // What the policy SDK loads a pack with is CommonJS. No newer than the oldest Node that Pulumi supports.
    format: "cjs",
    target: "node22",
    external: ["@pulumi/*"],
    logLevel: "warning",
  });
  const platform = packageJson("package.json");
  const pack = {
    name: "tradestack-policy",
    version: platform.version,
    private: true,
    main: "index.js",
    dependencies: {
      "@pulumi/policy": platform.devDependencies?.["@pulumi/policy"],
      "@pulumi/pulumi": packageJson("components/package.json").dependencies?.["@pulumi/pulumi"],
    },
  };
  writeFileSync(join(directory, "package.json"), `${JSON.stringify(pack, undefined, 2)}\n`);
  const project = readFileSync(join(import.meta.dirname, "PulumiPolicy.yaml"));
  writeFileSync(join(directory, "PulumiPolicy.yaml"), project);
}

const packageJson = (path: string): PackageJson => JSON.parse(readFileSync(join(ROOT, path), "utf8"));

if (import.meta.main) {
  const directory = process.argv[2] ?? join(ROOT, "policy", "dist");
  await buildPack(directory);
  console.log(`the policy pack is in ${relative(process.cwd(), directory) || "."}`);
}
