/** How each image of the sandbox is made: its folder, what it is built upon, and what else goes into it. */

import { services } from "../services/index.ts";
import {
  type BaseImage,
  DEBIAN_SUITE,
  type ForeignImage,
  familiar,
  NODE_VERSION,
  type PublicImage,
  publicImage,
} from "../versions.ts";
import { lockedPackages, packageClosure } from "./lockfile.ts";
import { filesBelow, readRepositoryFile } from "./repository.ts";
import { sourceClosure } from "./source-closure.ts";
import { folderOf, VIEWER, webEntryOf, webSourcesOf } from "./web-sources.ts";

/** The part that all services' images share: a stage of their Dockerfile, built once. */
export const RUNTIME = "runtime";

/** An image that others are built upon. */
export type BaseName = BaseImage | typeof RUNTIME;

/** An image of the sandbox: the equivalent of a public one, the services' runtime, a service by its name, or the viewer. */
export type ImageName = PublicImage | typeof RUNTIME | (string & {});

/** A name that no image can be made for. The message says which can. */
export class UnknownImageError extends Error {
  override readonly name = "UnknownImageError";
}

/** A program that is compiled from a module below `sandbox/go`. */
export interface CompiledProgram {
  readonly name: string;
  readonly packagePath: string;
  readonly linkerFlags: string;
  readonly tags: readonly string[];
}

/** How one image is made. */
export interface Recipe {
  readonly name: string;
  /** Folder of the Dockerfile. */
  readonly folder: string;
  /** Stage of the Dockerfile to build. Default: the last one. */
  readonly target?: string;
  /** Images that stand for what the Dockerfile's FROM lines name; they must be there first. */
  readonly bases: readonly BaseName[];
  /** The service whose bundled program goes into it, if it is one. */
  readonly service?: string;
  /** The program that is compiled and lies beside the Dockerfile, if there is one. */
  readonly program?: CompiledProgram;
  /** What goes into the image beside its folder and its bases: anything that changes it must change one of these. */
  readonly ingredients: () => readonly string[];
}

const SERVICE_FOLDER = "images/service";
const none = (): readonly string[] => [];

/** A recipe whose folder has the image's name, unless it says another. */
type PublicRecipe = Omit<Recipe, "name" | "folder"> & { readonly folder?: string };

/** Prometheus that asks Kubernetes for its targets, and none of the two dozen clouds that it could ask besides. */
const PROMETHEUS: CompiledProgram = {
  name: "prometheus",
  packagePath: "github.com/prometheus/prometheus/cmd/prometheus",
  linkerFlags: `-X github.com/prometheus/common/version.Version=${publicImage("prometheus").replace(/^.*:v/, "")}`,
  tags: ["remove_all_sd", "enable_kubernetes_sd"],
};

const KUBE_STATE_METRICS: CompiledProgram = {
  name: "kube-state-metrics",
  packagePath: "k8s.io/kube-state-metrics/v2",
  linkerFlags: `-X github.com/prometheus/common/version.Version=${publicImage("kube-state-metrics").replace(/^.*:v/, "")}`,
  tags: [],
};

/** Jaeger's parts; {@link publicImage} has the whole, of another version. */
const JAEGER: CompiledProgram = { name: "jaeger", packagePath: ".", linkerFlags: "", tags: [] };

/** An image of a program that is compiled from modules, and what lies beside their list. */
const compiled = (program: CompiledProgram): PublicRecipe => ({
  bases: ["distroless"],
  program,
  ingredients: () => [
    JSON.stringify(program),
    ...filesBelow(`sandbox/go/${program.name}`).map((path) => readRepositoryFile(path).toString("base64")),
  ],
});

/** One of the images that share a Dockerfile, and the packages that it installs: a stage of it. */
const monitoring = (target: string): PublicRecipe => ({
  folder: "images/monitoring",
  target,
  bases: ["debian", "distroless"],
  ingredients: none,
});

const publicRecipes: Readonly<Record<Exclude<PublicImage, ForeignImage>, PublicRecipe>> = {
  debian: { bases: [], ingredients: () => [DEBIAN_SUITE] },
  node: { bases: ["debian"], ingredients: () => [NODE_VERSION] },
  distroless: { bases: ["debian"], ingredients: none },
  postgres: { bases: ["debian"], ingredients: none },
  redis: { bases: ["debian"], ingredients: none },
  rabbitmq: { bases: ["debian"], ingredients: none },
  rclone: { bases: ["debian"], ingredients: none },
  prometheus: compiled(PROMETHEUS),
  "kube-state-metrics": compiled(KUBE_STATE_METRICS),
  jaeger: compiled(JAEGER),
  alertmanager: monitoring("alertmanager"),
  "blackbox-exporter": monitoring("blackbox-exporter"),
  "node-exporter": monitoring("node-exporter"),
  "postgres-exporter": monitoring("postgres-exporter"),
  "redis-exporter": monitoring("redis-exporter"),
};

/**
 * The recipe of an image.
 *
 * @throws {UnknownImageError} when it is neither a public image of `versions.ts` nor a service.
 */
export function recipeOf(name: ImageName): Recipe {
  if (Object.hasOwn(publicRecipes, name)) {
    return { folder: `images/${name}`, ...publicRecipes[name as keyof typeof publicRecipes], name };
  }
  if (name === RUNTIME) {
    return {
      name,
      folder: SERVICE_FOLDER,
      target: RUNTIME,
      bases: ["node", "distroless"],
      ingredients: none,
    };
  }
  const programs = [...services.map((service) => service.name), VIEWER];
  if (programs.includes(name)) return serviceRecipe(name);
  const known = [...Object.keys(publicRecipes), RUNTIME, ...programs];
  throw new UnknownImageError(`image "${name}": there is no recipe for it; known are ${known.join(", ")}`);
}

function serviceRecipe(service: string): Recipe {
  return {
    name: service,
    folder: SERVICE_FOLDER,
    // BuildKit looks at what a stage copies from even where something else stands for that stage.
    bases: [RUNTIME, "node"],
    service,
    ingredients: () => serviceIngredients(service),
  };
}

/** Its source files, its migrations, its web pages, the exact packages it imports, and what bundles them. */
function serviceIngredients(service: string): string[] {
  const { files } = sourceClosure(entryOf(service));
  const own = [...files, ...migrationsOf(service), ...webSourcesOf(service)];
  const locked = lockedPackages();
  return [
    ...[...own, "images/bundle.ts", "images/sbom.ts", "images/web.ts", "images/web-sources.ts"].map(
      (path) => `${path} ${readRepositoryFile(path).toString("base64")}`,
    ),
    ...packageClosure(locked, packagesOf(service), "services"),
    ...packageClosure(locked, ["esbuild"], ""),
  ];
}

/** The packages that a service's program imports, and those of its web pages. */
export function packagesOf(service: string): string[] {
  const entries = [entryOf(service), webEntryOf(service)].filter((entry) => entry !== undefined);
  return [...new Set(entries.flatMap((entry) => sourceClosure(entry).packages))].sort();
}

/** The module that a service's program begins with. */
export function entryOf(service: string): string {
  return `${folderOf(service)}/src/main.ts`;
}

/** A service's migrations, in the order they run; none when it has no database. */
export function migrationsOf(service: string): string[] {
  const hasDatabase = services.some(({ name, database }) => name === service && database !== undefined);
  return hasDatabase ? filesBelow(`services/${service}/migrations`) : [];
}

/** The name by which a Dockerfile's FROM line asks for an image: Docker Hub's own need no host, a stage is its name. */
export function fromName(base: BaseName): string {
  return base === RUNTIME ? base : familiar(publicImage(base));
}

/**
 * Recipes of the images and of everything they are built upon, each after its bases.
 *
 * @throws {UnknownImageError} when there is no such image.
 */
export function buildOrder(wanted: readonly ImageName[]): Recipe[] {
  const ordered = new Map<string, Recipe>();
  const visit = (name: ImageName): void => {
    if (ordered.has(name)) return;
    const recipe = recipeOf(name);
    for (const base of recipe.bases) visit(base);
    ordered.set(name, recipe);
  };
  for (const name of wanted) visit(name);
  return [...ordered.values()];
}
