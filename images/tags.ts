/**
 * References of the sandbox's images, computed from what the images are made of: the same content has the same tag,
 * on every machine and at any time, so that an unchanged image is never built again and a changed one always is.
 */

import { createHash } from "node:crypto";
import type { ThirdPartyImage } from "../versions.ts";
import { type ImageName, recipeOf } from "./recipes.ts";
import { filesBelow, readRepositoryFile } from "./repository.ts";

/** Host part of the sandbox's image names. Nothing answers there: its images are put into containerd directly. */
export const SANDBOX_REGISTRY = "sandbox.tradestack.local";

const TAG_LENGTH = 16;

/**
 * The tag of an image's present content: 16 hexadecimal digits.
 *
 * @param name A public image of `versions.ts`, or a service.
 * @throws {UnknownImageError} when there is no such image.
 * @throws {SourceClosureError} when a service's program does not exist or imports what does not.
 */
export function imageTag(name: ImageName): string {
  const recipe = recipeOf(name);
  const hash = createHash("sha256");
  const add = (...words: string[]) => hash.update(`${JSON.stringify(words)}\n`);
  for (const path of filesBelow(recipe.folder))
    add("file", path, readRepositoryFile(path).toString("base64"));
  for (const base of recipe.bases) add("base", base, imageTag(base));
  for (const ingredient of recipe.ingredients()) add("ingredient", ingredient);
  return hash.digest("hex").slice(0, TAG_LENGTH);
}

/** The reference by which the sandbox knows an image. */
export function imageReference(name: ImageName): string {
  return `${SANDBOX_REGISTRY}/${name}:${imageTag(name)}`;
}

/**
 * The sandbox's reference of a service's image.
 *
 * @example serviceImage("order") // "sandbox.tradestack.local/order:5d1f6a0c9b3e7f42"
 */
export function serviceImage(service: string): string {
  return imageReference(service);
}

/** The sandbox's equivalent of a third-party image. */
export function thirdPartyImage(name: ThirdPartyImage): string {
  return imageReference(name);
}
