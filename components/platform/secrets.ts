import * as pulumi from "@pulumi/pulumi";
import type { ServiceDescription } from "../../services/description.ts";
import { checksumOf } from "../checksum.ts";
import type { KeyRing } from "../credentials.ts";
import { Secret } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import type { SecretFile } from "../secret-file.ts";

/**
 * Makes the secrets that a service declares, in one Secret that nobody else is given. Each value follows from the
 * master key, so every replica and every later deployment has the same.
 *
 * @returns The files to mount; none where the service declares no secret.
 */
export function ownSecrets(
  parent: pulumi.Resource,
  namespace: pulumi.Input<string>,
  { name, secrets }: Pick<ServiceDescription, "name" | "secrets">,
  keys: KeyRing,
): SecretFile[] {
  if (secrets.length === 0) return [];
  const values = Object.fromEntries(
    secrets.map((variable) => [variable, keys.password(`service/${name}/${variable}`)]),
  );
  const secret = new Secret(
    `${name}-secrets`,
    {
      metadata: { name: `${name}-secrets`, namespace, labels: labels(name, "service-secrets") },
      stringData: pulumi.secret(values),
    },
    { parent },
  );
  return Object.entries(values).map(([variable, value]) => ({
    variable,
    secretName: secret.metadata.name,
    key: variable,
    checksum: checksumOf(value),
  }));
}

/**
 * Secrets that somebody else puts into the namespace, such as a payment provider's key. Their values are not known
 * here: after a change of one, restart the service.
 *
 * @param files Where each variable's value is: `secret/key`.
 */
export const foreignSecrets = (
  files: Readonly<Record<string, { secret: string; key: string }>>,
): SecretFile[] =>
  Object.entries(files).map(([variable, { secret, key }]) => ({
    variable,
    secretName: secret,
    key,
    checksum: `${secret}/${key}`,
  }));
