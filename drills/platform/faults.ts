/** Ways to break a platform, each of which is put back by whoever holds the drill. */

import { asNumber, asObject, asObjects, asText } from "../../deploy/manifests/manifest.ts";
import type { Debt, Repairs } from "../runner/repairs.ts";
import type { Platform } from "./platform.ts";
import { untilWell } from "./platform.ts";

/** Seconds that a rollout may take before it counts as stuck. */
const ROLLOUT = 240;

/** The rate limits of the gateway, as far as a load from one address meets them. */
const UNLIMITED = Object.fromEntries(
  ["RATE_LIMIT_PER_SECOND", "RATE_LIMIT_BURST", "ORDER_RATE_LIMIT_PER_SECOND", "ORDER_RATE_LIMIT_BURST"].map(
    (name) => [name, "1000000"],
  ),
);

/** Sets variables of a service, and waits until its pods have them; put back by taking away or resetting each. */
export async function setVariables(
  { cluster, namespace, objects }: Platform,
  repairs: Repairs,
  service: string,
  variables: Readonly<Record<string, string>>,
): Promise<Debt> {
  const deployment = await objects.get({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: service, namespace },
  });
  const template = asObject(asObject(asObject(deployment?.spec).template).spec);
  const [container] = asObjects(template.containers);
  const before = new Map(asObjects(container?.env).map(({ name, value }) => [asText(name), asText(value)]));
  const set = async (words: readonly string[]) => {
    await cluster.kubectl(
      "set",
      "env",
      `--namespace=${namespace}`,
      `deployment/${service}`,
      `--containers=${service}`,
      ...words,
    );
    await cluster.rolledOut(namespace, service, ROLLOUT);
  };
  const debt = repairs.owe(`the settings of ${service} are what they were`, () =>
    set(
      Object.keys(variables).map((name) => (before.has(name) ? `${name}=${before.get(name)}` : `${name}-`)),
    ),
  );
  await set(Object.entries(variables).map(([name, value]) => `${name}=${value}`));
  return debt;
}

/** Lifts the gateway's rate limits: a load from one address is what they are there against. */
export const liftLimits = (platform: Platform, repairs: Repairs): Promise<Debt> =>
  setVariables(platform, repairs, "gateway", UNLIMITED);

/** Takes away every pod of a service, and keeps it away. An autoscaler leaves alone what was set to none. */
export async function takeAway(
  { cluster, namespace, objects }: Platform,
  repairs: Repairs,
  service: string,
): Promise<Debt> {
  const deployment = await objects.get({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: service, namespace },
  });
  const replicas = Math.max(1, asNumber(asObject(deployment?.spec).replicas));
  const scale = (count: number) =>
    cluster.kubectl("scale", `--namespace=${namespace}`, `deployment/${service}`, `--replicas=${count}`);
  const debt = repairs.owe(`${service} has its ${replicas} pods again`, async () => {
    await scale(replicas);
  });
  await scale(0);
  await cluster.killPods(namespace, service);
  return debt;
}

/** Keeps a pod that is killed from coming back: its node takes no new pods for a while. */
export async function withoutReturn(
  { cluster, namespace }: Platform,
  repairs: Repairs,
  pod: string,
): Promise<Debt> {
  const node = await cluster.kubectl(
    "get",
    "pod",
    pod,
    `--namespace=${namespace}`,
    "--output=jsonpath={.spec.nodeName}",
  );
  const debt = repairs.owe(`node ${node} takes pods again`, async () => {
    await cluster.kubectl("uncordon", node);
  });
  await cluster.kubectl("cordon", node);
  return debt;
}

/** Seconds until the platform is well again, from now on. */
export async function secondsUntilWell(platform: Platform, signal: AbortSignal): Promise<number> {
  const started = performance.now();
  await untilWell(platform, ROLLOUT, signal);
  return (performance.now() - started) / 1000;
}
