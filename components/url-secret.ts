import * as pulumi from "@pulumi/pulumi";
import { checksumOf } from "./checksum.ts";
import { Secret } from "./kubernetes.ts";
import { labels } from "./labels.ts";
import type { SecretFile } from "./secret-file.ts";

/** The URL by which a user of a store finds it. */
export interface StoreUrl {
  /** Name of the store. */
  readonly store: string;
  readonly namespace: pulumi.Input<string>;
  readonly user: string;
  /** The URL, with the user's password. */
  readonly url: pulumi.Input<string>;
}

/** Setting of the services that holds the URL, and part of its Secret in the whole. */
const KINDS = {
  cache: { variable: "REDIS_URL", component: "cache-credentials" },
  broker: { variable: "BROKER_URL", component: "broker-credentials" },
} as const;

/** Makes the Secret by which a user of a cache or broker finds it, wherever that runs. */
export function urlSecret(
  parent: pulumi.ComponentResource,
  kind: keyof typeof KINDS,
  { store, namespace, user, url }: StoreUrl,
): SecretFile {
  const { variable, component } = KINDS[kind];
  const secretUrl = pulumi.secret(url);
  const name = `${user}-${store}`;
  const secret = new Secret(
    name,
    {
      metadata: { name, namespace, labels: labels(name, component) },
      stringData: { url: secretUrl },
    },
    { parent },
  );
  return { variable, secretName: secret.metadata.name, key: "url", checksum: checksumOf(secretUrl) };
}

/**
 * The URL of one user.
 *
 * @param store What messages call the store.
 * @throws {Error} for a user that there is not.
 */
export function urlFileOf(
  files: Readonly<Record<string, SecretFile>>,
  user: string,
  store: string,
): SecretFile {
  const file = Object.hasOwn(files, user) ? files[user] : undefined;
  if (file === undefined) throw new Error(`${store} has no user "${user}"; add it to the argument users`);
  return file;
}
