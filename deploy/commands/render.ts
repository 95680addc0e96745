import type { Arguments } from "../arguments.ts";
import { withholdSecrets } from "../manifests/redact.ts";
import { toStream, writeFiles } from "../manifests/write.ts";
import { readDeployment } from "../stack/wanted.ts";

/**
 * Writes the manifests of a stack, with neither a cluster nor credentials: Secrets come without their values unless
 * those are asked for.
 *
 * @returns The exit code.
 */
export async function render({ stack, out, json, includeSecrets }: Arguments): Promise<number> {
  const { manifests, others } = await readDeployment(stack, includeSecrets ? "make" : "any");
  const objects = manifests.map((manifest) => (includeSecrets ? manifest.object : withholdSecrets(manifest)));
  if (out !== undefined) writeFiles(objects, out);
  else if (json)
    process.stdout.write(`${JSON.stringify({ apiVersion: "v1", kind: "List", items: objects })}\n`);
  else process.stdout.write(toStream(objects));
  const secrets = objects.filter(({ kind }) => kind === "Secret").length;
  if (secrets > 0 && !includeSecrets) {
    process.stderr.write(`${secrets} Secrets are without their values (--include-secrets writes them)\n`);
  }
  for (const { type, name } of others) {
    process.stderr.write(`not a Kubernetes object, and so not rendered: ${type} "${name}"\n`);
  }
  return 0;
}
