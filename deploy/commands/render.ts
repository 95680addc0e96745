import type { Arguments } from "../arguments.ts";
import { withholdSecrets } from "../manifests/redact.ts";
import { toStream, writeFiles } from "../manifests/write.ts";
import type { Registration } from "../program/registration.ts";
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
  if (others.length > 0) {
    process.stderr.write(
      `${others.length} resources are no Kubernetes objects and not rendered (${packages(others)}); --engine pulumi makes them\n`,
    );
  }
  return 0;
}

/** How many resources there are of each package: `aws 72, docker-build 9`. */
function packages(resources: readonly Registration[]): string {
  const counts = new Map<string, number>();
  for (const { type } of resources) {
    const name = type.split(":", 1)[0] ?? type;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${name} ${count}`).join(", ");
}
