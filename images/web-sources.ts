/** Where a service's web pages come from, if it has any. Apart from what bundles them, which a preview need not load. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, root } from "./repository.ts";

/** What draws the dashboards: built as the services are, and none of them. */
export const VIEWER = "viewer";

/** The folder of what a program is made from: a service's, or the viewer's. */
export const folderOf = (program: string): string =>
  program === VIEWER ? "observability/viewer" : `services/${program}`;

/** The folder of a service's pages, whether or not it has any. */
export const webFolderOf = (service: string): string => `${folderOf(service)}/web`;

/** The module that a service's pages begin with; undefined for a service without any. */
export function webEntryOf(service: string): string | undefined {
  const entry = `${webFolderOf(service)}/src/main.tsx`;
  return existsSync(join(root, entry)) ? entry : undefined;
}

/** Every file that a service's pages are made of; none for a service without any. */
export function webSourcesOf(service: string): string[] {
  if (webEntryOf(service) === undefined) return [];
  return filesBelow(webFolderOf(service)).filter((file) => !file.includes(".test."));
}
