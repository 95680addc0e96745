import * as pulumi from "@pulumi/pulumi";
import type { BucketSettings } from "../../settings/backups.ts";
import { SettingsError } from "../../settings/error.ts";
import { backupName } from "../backup/names.ts";
import { EksPodIdentity } from "../clusters/eks/pod-identity.ts";
import { backupPolicy } from "../clusters/eks/policies.ts";
import { partitionOf } from "../clusters/eks/zones.ts";
import { BackupBucket } from "./backup-bucket.ts";

/**
 * Lets the pods that save PostgreSQL reach their bucket, which is made where it is not there yet.
 *
 * @param name What the names of resources begin with.
 * @param clusterName Name of the cluster, known once it is there.
 * @throws {SettingsError} where it would have to be made in another region.
 */
export function backupRights(
  name: string,
  clusterName: pulumi.Input<string>,
  { namespace, region, bucket }: { namespace: string; region: string; bucket: BucketSettings },
  provider: pulumi.ProviderResource,
): pulumi.Resource {
  if (bucket.make && bucket.region !== region) {
    throw new SettingsError(
      `tradestack:backups.region: the bucket is made in the cluster's region; write ${region}, or makeBucket: false for one that is in ${bucket.region} already`,
    );
  }
  const pods = backupName("postgres");
  const partition = partitionOf(region);
  const made = bucket.make
    ? new BackupBucket(`${name}-backups`, { bucket: bucket.name, partition }, { provider })
    : undefined;
  return new EksPodIdentity(
    `${name}-${pods}`,
    {
      clusterName,
      namespace,
      serviceAccount: pods,
      policy: pulumi.output(made?.keyArn).apply((keyArn) => backupPolicy(partition, bucket, keyArn)),
    },
    { provider },
  );
}
