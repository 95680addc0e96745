import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { services } from "../../services/index.ts";
import { namespaceOf } from "../manifests/manifest.ts";
import { withholdSecrets } from "../manifests/redact.ts";
import { toStream } from "../manifests/write.ts";
import { readDeployment } from "./wanted.ts";

/** A state directory of its own, and with it another master key. */
function useNewHome(): void {
  const home = mkdtempSync(join(tmpdir(), "tradestack-wanted-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  vi.stubEnv("TRADESTACK_HOME", home);
}
beforeEach(useNewHome);

const rendered = async (stack: string): Promise<string> =>
  toStream((await readDeployment(stack, "any")).manifests.map(withholdSecrets));

// Each test starts processes of its own, which takes its time on a busy machine.
describe("this repository's own program", { timeout: 60_000 }, () => {
  test("brings every service, and what runs waits for the namespace around it", async () => {
    const { manifests, others, settings } = await readDeployment("dev", "any");
    expect(others).toEqual([]);
    const deployments = manifests.filter(({ object }) => object.kind === "Deployment");
    expect(deployments.map(({ object }) => object.metadata.name)).toEqual(
      expect.arrayContaining(services.map(({ name }) => name)),
    );
    for (const { object, needs } of deployments) {
      expect([settings.namespace, settings.monitoringNamespace]).toContain(namespaceOf(object));
      expect(needs).toContain(`Namespace ${namespaceOf(object)}`);
    }
  });

  test.each(["dev", "prod"])("renders %s without credentials, the same each time", async (stack) => {
    const first = rendered(stack);
    useNewHome();
    const [before, after] = await Promise.all([first, rendered(stack)]);
    expect(after).toBe(before);
  });

  test("shows nothing of the master key or what is derived from it, even where there is one", async () => {
    const { manifests } = await readDeployment("dev", "make");
    const secrets = manifests
      .filter(({ object }) => object.kind === "Secret")
      .flatMap(({ object }) => Object.values(object.stringData ?? object.data ?? {}) as string[]);
    expect(secrets.length).toBeGreaterThan(0);
    const text = toStream(manifests.map(withholdSecrets));
    for (const secret of secrets) expect(text).not.toContain(secret);
  });
});
