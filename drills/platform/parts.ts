import { services } from "../../services/index.ts";
import type { Platform } from "./platform.ts";

/** A part of the platform that can be struck: a service, a store or the way in. */
export interface Part {
  readonly name: string;
  readonly namespace: string;
  /** Names of the pods that are there now. */
  pods(): Promise<readonly string[]>;
}

/** Stores that an environment may have in its own namespace, by the name of their pods. */
const STORES = ["postgres", "redis", "rabbitmq"] as const;

/** Every part whose pods can be reached: stores that somebody else runs, and a controller elsewhere, are left out. */
export async function partsOf(platform: Platform): Promise<Part[]> {
  const { cluster, namespace, ingressNamespace } = platform;
  const part = (name: string, pods: () => Promise<readonly string[]>, where = namespace): Part => ({
    name,
    namespace: where,
    pods,
  });
  const named = (name: string) => part(name, () => cluster.podsOf(namespace, name));
  const all = [
    ...services.map(({ name }) => named(name)),
    ...STORES.filter((store) => store !== "redis").map(named),
    part("redis primary", async () => [await redisPrimary(platform)].filter((pod) => pod !== "")),
    part("ingress", () => cluster.podsOf(ingressNamespace, ingressNamespace), ingressNamespace),
  ];
  const present = await Promise.all(
    all.map(async (candidate) => (await candidate.pods().catch(() => [])).length > 0),
  );
  return all.filter((_, index) => present[index]);
}

/** The pod that takes Redis' writes; empty where no pod of this namespace does. */
export async function redisPrimary({ cluster, namespace }: Platform): Promise<string> {
  const pods = await cluster.podsOf(namespace, "redis");
  if (pods.length <= 1) return pods[0] ?? "";
  return cluster.redisPrimary(namespace);
}
