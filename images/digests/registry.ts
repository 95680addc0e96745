/** Asks registries by the protocol that all of them speak (OCI distribution, Docker's HTTP API V2). */

import { createHash } from "node:crypto";
import { registryHost } from "../../versions.ts";

/** A registry gave no digest; the message says why and what to do. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
}

/** Lists of an image's architectures, in the words of both specifications. */
const INDEX_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
/** Architectures that our own images are made for, and so those that they run beside. */
const ARCHITECTURES = ["amd64", "arm64"];
/** Milliseconds until a registry counts as away. */
const TIMEOUT = 15_000;

/** The part of an index that is read here. */
interface ImageIndex {
  readonly manifests?: readonly {
    readonly platform?: { readonly os?: string; readonly architecture?: string };
  }[];
}

/** Where an image is. */
interface Place {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

/**
 * The digest of an image's index, computed from the index itself.
 *
 * @param reference Full reference with a tag, such as `docker.io/library/redis:7.2`.
 * @throws {RegistryError} where the registry is away, does not have the image, or has it for too few architectures.
 */
export async function indexDigest(reference: string): Promise<string> {
  const place = parse(reference);
  const answer = await askFor(place, reference);
  if (!answer.ok) throw refusal(reference, place, answer.status);
  const body = Buffer.from(await answer.arrayBuffer());
  const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  const told = answer.headers.get("docker-content-digest");
  if (told !== null && told !== digest) {
    throw new RegistryError(
      `${reference}: ${place.host} says ${told} of what is ${digest}; ask it again later`,
    );
  }
  const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const missing = INDEX_TYPES.includes(type) ? missingArchitectures(body) : ARCHITECTURES;
  if (missing.length > 0) {
    throw new RegistryError(
      `${reference} is not made for ${missing.join(" and ")}; choose another tag in versions.ts`,
    );
  }
  return digest;
}

function parse(reference: string): Place {
  const [, host = "", repository = "", tag = ""] = /^([^/]+)\/(.+):([^:/@]+)$/.exec(reference) ?? [];
  if (tag === "") {
    throw new RegistryError(`${reference} is not a full reference; write registry/name:tag in versions.ts`);
  }
  return { host: registryHost(host), repository, tag };
}

async function askFor(place: Place, reference: string): Promise<Response> {
  const { host, repository, tag } = place;
  // As Docker has it: a registry on this machine needs no certificate.
  const scheme = /^(127\.0\.0\.1|localhost)(:|$)/.test(host) ? "http" : "https";
  const url = `${scheme}://${host}/v2/${repository}/manifests/${tag}`;
  const headers = { accept: INDEX_TYPES.join(", ") };
  const answer = await send(url, headers, reference);
  if (answer.status !== 401) return answer;
  const token = await anonymousToken(answer.headers.get("www-authenticate") ?? "", reference, host);
  return send(url, { ...headers, authorization: `Bearer ${token}` }, reference);
}

/** Even what everybody may read is read with a token, which everybody is given. */
async function anonymousToken(challenge: string, reference: string, host: string): Promise<string> {
  const asked: Record<string, string> = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  const { realm, ...query } = asked;
  if (!/^bearer /i.test(challenge) || realm === undefined) {
    throw new RegistryError(
      `${reference}: ${host} wants to know who asks; name a public image in versions.ts`,
    );
  }
  const url = new URL(realm);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  const answer = await send(url.href, {}, reference);
  const body: unknown = answer.ok ? await answer.json() : undefined;
  // Both names are in use.
  const { token, access_token: other } = (body ?? {}) as { token?: unknown; access_token?: unknown };
  const found = token ?? other;
  if (typeof found === "string") return found;
  throw new RegistryError(`${reference}: ${url.host} gives no token (${answer.status}); try again later`);
}

async function send(url: string, headers: Record<string, string>, reference: string): Promise<Response> {
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT) });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    throw new RegistryError(
      `${reference}: ${new URL(url).host} cannot be reached (${cause?.code ?? cause?.message ?? message}); run this where there is a way to the Internet`,
    );
  }
}

function refusal(reference: string, { host }: Place, status: number): RegistryError {
  if (status === 429)
    return new RegistryError(`${reference}: ${host} was asked too often; try again in an hour`);
  if (status === 401 || status === 403 || status === 404) {
    return new RegistryError(
      `${reference} is not in its registry for everybody (${status}); correct it in versions.ts`,
    );
  }
  return new RegistryError(`${reference}: ${host} answers ${status}; try again later`);
}

function missingArchitectures(body: Buffer): string[] {
  const { manifests = [] }: ImageIndex = JSON.parse(body.toString());
  const made = manifests.map(({ platform }) =>
    platform?.os === "linux" ? platform.architecture : undefined,
  );
  return ARCHITECTURES.filter((architecture) => !made.includes(architecture));
}
