import * as pulumi from "@pulumi/pulumi";
import { checksumOf } from "../checksum.ts";
import { Secret } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import type { SecretFile } from "../secret-file.ts";

/** Makes the Secret by which a user of a Redis finds it, wherever it runs. */
export function urlSecret(
  parent: pulumi.ComponentResource,
  redis: string,
  namespace: pulumi.Input<string>,
  user: string,
  url: pulumi.Input<string>,
): SecretFile {
  const secretUrl = pulumi.secret(url);
  const name = `${user}-${redis}`;
  const secret = new Secret(
    name,
    {
      metadata: { name, namespace, labels: labels(name, "cache-credentials") },
      stringData: { url: secretUrl },
    },
    { parent },
  );
  return {
    variable: "REDIS_URL",
    secretName: secret.metadata.name,
    key: "url",
    checksum: checksumOf(secretUrl),
  };
}
