import type { ProviderResource } from "@pulumi/pulumi";
import type { ElastiCacheSettings } from "../../settings/redis.ts";
import type { EksCluster } from "../clusters/eks/cluster.ts";
import { REDIS_PORT } from "../redis/configuration.ts";
import type { RedisForm } from "../redis/form.ts";
import { ElastiCacheRedis } from "./elasticache-redis.ts";

/** What a Redis at ElastiCache is made beside. */
export interface ElastiCacheSurroundings {
  readonly cluster: EksCluster;
  readonly clusterName: string;
  /** Ranges of the cluster's subnets of databases. */
  readonly cidrs: string[];
  /** Provider of AWS. */
  readonly aws: ProviderResource;
}

/** Redis at ElastiCache, in the network of a cluster on EKS. */
export const elastiCacheForm =
  (settings: ElastiCacheSettings, { cluster, clusterName, cidrs, aws }: ElastiCacheSurroundings): RedisForm =>
  (name, { namespace, users }, parent) => {
    const redis = new ElastiCacheRedis(
      name,
      {
        ...settings.args,
        identifier: `${clusterName}-${name}`,
        namespace,
        users,
        vpcId: cluster.vpcId,
        subnetIds: cluster.dataSubnetIds,
        clientSecurityGroupId: cluster.nodeSecurityGroupId,
      },
      { parent, providers: { aws } },
    );
    return { store: { name, ports: [REDIS_PORT], cidrs }, urlFile: (user) => redis.urlFile(user) };
  };
