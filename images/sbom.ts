/**
 * The software bill of materials of a service's bundle. Bundling leaves no node_modules for a scanner to find, so
 * the packages inside are listed beside the program, in the CycloneDX format.
 */

import type { Metafile } from "esbuild";
import { readRepositoryFile } from "./repository.ts";

/** As much of a CycloneDX document as is written here. */
export interface ComponentList {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: { readonly component: { readonly type: "application"; readonly name: string } };
  readonly components: readonly Component[];
}

/** A package inside, identified by its package URL. */
export interface Component {
  readonly type: "library";
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly [{ readonly expression: string }];
}

/** Up to and with the last package on the way: `services/node_modules/undici` of `services/node_modules/undici/lib/x.js`. */
const PACKAGE_FOLDER = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/**
 * Lists the npm packages that esbuild put into a program, sorted by name.
 *
 * @param service The program's name.
 * @param metafile esbuild's account of its inputs.
 */
export function componentList(service: string, metafile: Pick<Metafile, "inputs">): ComponentList {
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "application", name: service } },
    components: bundledPackages(metafile).map(componentAt),
  };
}

/** Folders of the packages that esbuild put into a program, sorted. */
export function bundledPackages(metafile: Pick<Metafile, "inputs">): string[] {
  const folders = Object.keys(metafile.inputs).flatMap((input) => PACKAGE_FOLDER.exec(input)?.[1] ?? []);
  return [...new Set(folders)].sort();
}

function componentAt(folder: string): Component {
  const { name, version, license } = JSON.parse(readRepositoryFile(`${folder}/package.json`).toString());
  const component = {
    type: "library",
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
  } as const;
  return typeof license === "string" ? { ...component, licenses: [{ expression: license }] } : component;
}
