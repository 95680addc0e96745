/** `npm run build:package`: makes package/dist, the package `tradestack` that other Pulumi programs import. */

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

const ROOT = join(import.meta.dirname, "..");
/** Folder of the built package. */
export const DIST = join(import.meta.dirname, "dist");
/** Folder, within the package, of what Node loads. Apart from the sources, which Pulumi reads the schema from. */
const COMPILED = "bin";
/** The public face. */
const ENTRY = "components/index.ts";

/** What a package.json has, as far as it is used here. */
interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * Builds the package: sources, compiled CommonJS with types, and what names them. The same sources give the same
 * bytes.
 *
 * @param out Made anew. Default: {@link DIST}.
 * @throws {Error} with the compiler's words where the sources do not compile as a package.
 */
export function buildPackage(out = DIST): void {
  rmSync(out, { recursive: true, force: true });
  const sources = sourcesOf(ENTRY);
  for (const file of sources) writeTo(out, file, asPackaged(readFileSync(join(ROOT, file), "utf8")));
  // Pulumi looks for the components in index.ts at the root, and from there on along the imports.
  writeTo(out, "index.ts", `export * from "./${ENTRY.replace(/\.ts$/, ".js")}";\n`);
  writeJson(out, "package.json", manifest(packagesOf(sources)));
  writeJson(out, "tsconfig.json", { compilerOptions: OPTIONS_AS_JSON, files: ["index.ts"] });
  cpSync(join(ROOT, "components/PulumiPlugin.yaml"), join(out, "PulumiPlugin.yaml"));
  cpSync(join(ROOT, "LICENSE"), join(out, "LICENSE"));
  cpSync(join(import.meta.dirname, "README.md"), join(out, "README.md"));
  compile(out);
}

const OPTIONS_AS_JSON = {
  target: "es2023",
  module: "nodenext",
  moduleResolution: "nodenext",
  strict: true,
  skipLibCheck: true,
  declaration: true,
  outDir: COMPILED,
  rootDir: ".",
  types: ["node"],
};

function compile(out: string): void {
  const { options } = ts.convertCompilerOptionsFromJson(OPTIONS_AS_JSON, out);
  // Where the package lies, its dependencies need not be installed yet; those of this project are the same.
  const typeRoots = [join(ROOT, "node_modules/@types")];
  const program = ts.createProgram([join(out, "index.ts")], { ...options, typeRoots });
  const { diagnostics } = program.emit();
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (problems.length > 0) {
    const host = {
      getCanonicalFileName: (name: string) => name,
      getCurrentDirectory: () => out,
      getNewLine: () => "\n",
    };
    throw new Error(`the package does not compile:\n${ts.formatDiagnostics(problems, host)}`);
  }
}

/** Every file of this repository that a module is made of, types included; sorted. */
function sourcesOf(entry: string): string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const { importedFiles } = ts.preProcessFile(readFileSync(join(ROOT, file), "utf8"));
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith(".")) visit(relative(ROOT, join(ROOT, dirname(file), fileName)));
    }
  };
  visit(entry);
  return [...found].sort();
}

/** The npm packages that sources import. */
function packagesOf(sources: readonly string[]): Set<string> {
  const imported = sources.flatMap((file) =>
    ts.preProcessFile(readFileSync(join(ROOT, file), "utf8")).importedFiles.map(({ fileName }) => fileName),
  );
  const names = imported.filter((name) => !/^(\.|node:)/.test(name));
  return new Set(
    names.map((name) =>
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/"),
    ),
  );
}

/**
 * A source with the file names that it has once compiled (here it runs as it is, there it does not), and without links
 * in its comments, which Pulumi's reader of the schema cannot read.
 */
const asPackaged = (source: string): string =>
  source
    .replaceAll(/(\bfrom |\bimport\(|^import )"(\.[^"]*)\.ts"/gm, '$1"$2.js"')
    .replaceAll(/\{@link ([^}]+)\}/g, "`$1`");

/** The published package.json. Without a `type`: Pulumi's host loads CommonJS. */
function manifest(imported: ReadonlySet<string>): object {
  const own: PackageJson = JSON.parse(readFileSync(join(ROOT, "components/package.json"), "utf8"));
  const services: PackageJson = JSON.parse(readFileSync(join(ROOT, "services/package.json"), "utf8"));
  const { peerDependencies = {}, name, version, description, license } = own;
  // Descriptions of services belong to the package; what they are made of is the services' affair here.
  const dependencies = { ...services.dependencies, ...own.dependencies };
  const unknown = [...imported].filter((used) => !(used in dependencies));
  if (unknown.length > 0)
    throw new Error(`components/package.json does not list ${unknown.join(", ")}; add them`);
  const shared = Object.keys(peerDependencies);
  const wanted = Object.entries(dependencies).filter(
    ([used]) => imported.has(used) && !shared.includes(used),
  );
  return {
    name,
    version,
    description,
    license,
    main: `${COMPILED}/index.js`,
    types: `${COMPILED}/index.d.ts`,
    files: ["**/*"],
    engines: { node: ">=22" },
    // The reader of the schema: a version of its own keeps Pulumi from taking an old one that knows less syntax.
    dependencies: { ...Object.fromEntries(wanted), typescript: ts.version },
    peerDependencies,
  };
}

const writeJson = (out: string, file: string, content: object): void =>
  writeTo(out, file, `${JSON.stringify(content, null, 2)}\n`);

function writeTo(out: string, file: string, text: string): void {
  mkdirSync(dirname(join(out, file)), { recursive: true });
  writeFileSync(join(out, file), text);
}

if (import.meta.main) {
  buildPackage();
  process.stdout.write(`wrote ${DIST}; pack it with: npm pack ${DIST}\n`);
}
