import type { ElastiCacheRedisArgs } from "../components/managed/elasticache-redis.ts";
import { checkNodeType } from "../components/managed/node-type.ts";
import type { Environment } from "./cluster.ts";
import { readReplicas } from "./replicated.ts";
import type { Section } from "./section.ts";

/** How Redis runs. */
const KINDS = ["cluster", "elasticache"] as const;

/** Pods with a volume each. */
export interface ClusterRedis {
  readonly kind: "cluster";
  readonly replicas: number;
  /** Size of each volume. */
  readonly storage: string;
}

/** Amazon ElastiCache, beside an EKS cluster that the stack makes. */
export interface ElastiCacheSettings {
  readonly kind: "elasticache";
  /** What it is made from. */
  readonly args: Pick<ElastiCacheRedisArgs, "nodeType" | "nodes" | "snapshotDays" | "deletionProtection">;
}

export type RedisSettings = ClusterRedis | ElastiCacheSettings;

/**
 * Reads how Redis runs.
 *
 * @param section The stack's `redis`.
 * @param environment Outside of production a second node has to be asked for.
 * @throws {SettingsError} for a key that its kind does not have, or a value that cannot be.
 */
export function readRedis(section: Section, environment: Environment): RedisSettings {
  const kind = section.oneOf("kind", KINDS) ?? "cluster";
  const settings: RedisSettings =
    kind === "cluster"
      ? { kind, ...readReplicas(section, 3) }
      : { kind, args: readElastiCache(section, environment === "prod") };
  section.refuseUnknownKeys();
  return settings;
}

function readElastiCache(section: Section, production: boolean): ElastiCacheSettings["args"] {
  const nodeType = section.text("nodeType") ?? "cache.t4g.small";
  checkNodeType(section.name("nodeType"), nodeType);
  return {
    nodeType,
    nodes: section.integer("nodes", 1, 6) ?? (production ? 2 : 1),
    snapshotDays: section.integer("snapshotDays", 0, 35) ?? 7,
    deletionProtection: section.flag("deletionProtection") ?? production,
  };
}
