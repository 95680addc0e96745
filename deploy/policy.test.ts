import { expect, test } from "vitest";
import { parseSettings } from "../settings.ts";
import type { KubernetesObject } from "./manifests/manifest.ts";
import { keepPolicy } from "./policy.ts";
import type { Progress } from "./progress/progress.ts";
import type { Deployment } from "./stack/wanted.ts";

const settings = parseSettings({ environment: "dev", cluster: { kind: "sandbox" } }, "dev", {});
const deployment = (object: KubernetesObject): Deployment => ({
  settings,
  outputs: {},
  others: [],
  manifests: [{ key: "it", object, secrets: [], needs: [] }],
});
const config = (data: Record<string, string>): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "shop" },
  data,
});
const fine = deployment(config({ COLOUR: "red" }));
const broken = deployment(config({ API_KEY: "hunter2hunter2" }));

/** What is said where a deployment is held to the policy. */
const keep = async (wanted: Deployment, skipPolicy?: string): Promise<string[]> => {
  const said: string[] = [];
  const progress: Progress = {
    say: (line: string) => void said.push(line),
    detail: () => undefined,
    step: () => undefined,
    finish: () => undefined,
  };
  await keepPolicy(wanted, { stack: "dev", progress, skipPolicy });
  return said;
};

test("a deployment that keeps the rules goes on, and says so", async () => {
  expect(await keep(fine)).toEqual([expect.stringMatching(/^policy: \d+ rules kept$/)]);
});

test("one that breaks a mandatory rule is refused, with the place, the rule and both remedies", async () => {
  const refusal = await keep(broken).catch((error: Error) => error.message);
  expect(refusal).toMatch(
    /^nothing was changed, because stack "dev" breaks the policy:\n {2}plaintext-secrets: /,
  );
  expect(refusal).toMatch(
    /ConfigMap shop\/settings data\["API_KEY"\]: .*\n.*annotation.*--skip-policy "REASON"/,
  );
  expect(refusal).not.toContain("hunter2");
});

test("a reason lets it through, and is told", async () => {
  expect(await keep(broken, "the shop is down")).toEqual(["policy: not asked, because: the shop is down"]);
});
