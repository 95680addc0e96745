import type { Input } from "@pulumi/pulumi";
import type { Container, EnvVar, NetworkPolicyEgressRule } from "../kubernetes.ts";
import { allowTo, internet } from "../network-policy/rules.ts";
import { restrictedContainer } from "../security.ts";
import { REMOTE } from "./bucket-scripts.ts";

/** A bucket at S3. The pods reach it as their service account, which EKS Pod Identity gives a role. */
export interface BucketArgs {
  /**
   * Name of the bucket.
   *
   * @example "example-backups"
   */
  name: string;
  /**
   * Region that it is in.
   *
   * @example "eu-central-1"
   */
  region: string;
  /**
   * What names of its objects begin with.
   *
   * @default "tradestack"
   */
  prefix?: string;
  /**
   * Image with `rclone`, which copies backups to the bucket and back.
   *
   * @example "docker.io/rclone/rclone:1.71.1"
   */
  image: Input<string>;
}

/** A container that copies between the volume and the bucket. */
export function copyContainer(
  name: string,
  script: string,
  bucket: BucketArgs,
  environment: readonly EnvVar[],
  mounts: NonNullable<Container["volumeMounts"]>,
): Container {
  const remote = `RCLONE_CONFIG_${REMOTE.toUpperCase()}`;
  const variables: Record<string, string> = {
    BUCKET: `${bucket.name}/${bucket.prefix ?? "tradestack"}`,
    [`${remote}_TYPE`]: "s3",
    [`${remote}_PROVIDER`]: "AWS",
    [`${remote}_ENV_AUTH`]: "true",
    [`${remote}_REGION`]: bucket.region,
    // The role may write objects, and need not be let make buckets.
    [`${remote}_NO_CHECK_BUCKET`]: "true",
    // All configuration is in variables, and there is nowhere to write.
    RCLONE_CONFIG: "/dev/null",
    RCLONE_CACHE_DIR: "/tmp",
    RCLONE_RETRIES: "5",
  };
  return {
    name,
    image: bucket.image,
    imagePullPolicy: "IfNotPresent",
    command: ["/bin/sh", "-ec", script],
    env: [...Object.entries(variables).map(([key, value]) => ({ name: key, value })), ...environment],
    resources: {
      requests: { cpu: "10m", memory: "64Mi" },
      limits: { cpu: "500m", memory: "256Mi" },
    },
    securityContext: restrictedContainer,
    volumeMounts: mounts,
  };
}

/** The agent on each node of EKS that gives pods their credentials. */
const POD_IDENTITY_AGENT = { ipBlock: { cidr: "169.254.170.23/32" } };

/** The way out to S3, and to whoever says that the pod may go there. */
export const bucketEgress: readonly NetworkPolicyEgressRule[] = [
  ...allowTo([internet], [443]),
  ...allowTo([POD_IDENTITY_AGENT], [80]),
];
