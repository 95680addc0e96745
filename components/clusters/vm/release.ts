import { SettingsError } from "../../../settings/error.ts";
import type { K3sReleaseArgs } from "./args.ts";

/** The k3s that a cluster runs unless it says otherwise. */
export const K3S_VERSION = "v1.36.4+k3s1";

/** What the files of that version have to be, as its own `sha256sum-<architecture>.txt` says. */
const CHECKSUMS: Readonly<Record<string, { readonly binary: string; readonly images: string }>> = {
  amd64: {
    binary: "835873f37245fc615f547a2fe2af9402a347875f13fa64a1f136de644955ea3f",
    images: "9024613e2d468c51ba0e5ba21898604c41339354449fb3338cc6a7931189eb6a",
  },
  arm64: {
    binary: "c920706346d5ad4e5cd3c7bf1bb09ce71ebe07fec829e513e40f1caf98aed8bb",
    images: "9d3c4c2197bcf857ca17633aa393bad683cc982ddd408620f93036a3cca953b5",
  },
};

const VERSION = /^v1\.\d{1,3}\.\d{1,3}\+k3s\d{1,2}$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** Nothing in it means anything to a shell. `file` is for what the machine's image has brought along. */
const URL_TEXT = /^(?:https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?|file:\/\/)(?:\/[A-Za-z0-9._~%+@-]+)+$/;

/** A file that machines fetch, and what it has to be. */
export interface Download {
  readonly url: string;
  readonly sha256: string;
}

/** Where machines get k3s from. */
export interface K3sRelease {
  readonly binary: Download;
  /** The images that k3s itself runs; undefined: nodes pull them. */
  readonly images: Download | undefined;
}

/**
 * Where machines get k3s from, and what it has to be.
 *
 * @param place What messages put before a key, such as `tradestack:cluster.release.`.
 * @throws {SettingsError} for a version whose checksum nobody has told, or what is no version, URL or checksum.
 */
export function k3sRelease(args: K3sReleaseArgs, place: string): K3sRelease {
  const { version = K3S_VERSION, architecture = "amd64" } = args;
  if (!VERSION.test(version)) refuse(place, "version", version, `write it like ${K3S_VERSION}`);
  const known = Object.hasOwn(CHECKSUMS, architecture) ? CHECKSUMS[architecture] : undefined;
  if (known === undefined) {
    refuse(place, "architecture", architecture, `write one of ${Object.keys(CHECKSUMS).join(", ")}`);
  }
  const file = architecture === "amd64" ? "k3s" : `k3s-${architecture}`;
  const pinned = version === K3S_VERSION;
  const {
    binaryUrl = `https://github.com/k3s-io/k3s/releases/download/${encodeURIComponent(version)}/${file}`,
    binarySha256 = pinned ? known.binary : missing(place, "binarySha256", version, architecture),
    imagesUrl,
  } = args;
  const binary = checkDownload(place, "binary", binaryUrl, binarySha256);
  if (imagesUrl === undefined) return { binary, images: undefined };
  const imagesSha256 =
    args.imagesSha256 ?? (pinned ? known.images : missing(place, "imagesSha256", version, architecture));
  return { binary, images: checkDownload(place, "images", imagesUrl, imagesSha256) };
}

function checkDownload(place: string, what: string, url: string, sha256: string): Download {
  if (!URL_TEXT.test(url)) {
    refuse(place, `${what}Url`, url, "write a URL with https, http or file, without a query");
  }
  if (!SHA256.test(sha256)) refuse(place, `${what}Sha256`, sha256, "write 64 hexadecimal digits");
  return { url, sha256 };
}

function missing(place: string, key: string, version: string, architecture: string): never {
  throw new SettingsError(
    `${place}${key} is missing; only that of ${K3S_VERSION} is known here: take it from sha256sum-${architecture}.txt of k3s ${version}`,
  );
}

function refuse(place: string, key: string, value: string, remedy: string): never {
  throw new SettingsError(`${place}${key}: ${JSON.stringify(value)} cannot be: ${remedy}`);
}
