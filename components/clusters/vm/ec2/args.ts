import type * as pulumi from "@pulumi/pulumi";
import type { K3sReleaseArgs } from "../args.ts";

/** The machines that pods run on, in an autoscaling group. */
export interface Ec2AgentArgs {
  /**
   * Type of the instances.
   *
   * @default "m7i.large"
   */
  instanceType?: string;
  /**
   * Fewest machines.
   *
   * @example 1
   */
  min: number;
  /**
   * Most machines; between the two, a cluster autoscaler decides.
   *
   * @example 5
   */
  max: number;
  /**
   * Size of each machine's disk in GiB.
   *
   * @default 50
   */
  diskGiB?: number;
}

/** What an {@link Ec2VmCluster} is made from. Its name is also that of the cluster. */
export interface Ec2VmClusterArgs {
  /**
   * What every key and password of the cluster is derived from: 32 bytes or more that nobody can guess, in base64.
   *
   * @example keys.password("cluster")
   */
  secret: pulumi.Input<string>;
  /**
   * Region that it is in. The provider's has to be the same.
   *
   * @example "eu-central-1"
   */
  region: string;
  /**
   * Number of the AWS account that it is in.
   *
   * @example "123456789012"
   */
  account: string;
  /**
   * Private range of the VPC, /16 to /21, of which each zone gets subnets.
   *
   * @default "10.0.0.0/16"
   */
  cidr?: string;
  /**
   * Availability zones; the servers are shared out to them.
   *
   * @default the first three of the region
   * @example ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
   */
  zones?: string[];
  /**
   * Whether one NAT gateway serves all zones: cheaper, and lost with its zone.
   *
   * @default false
   */
  singleNat?: boolean;
  /**
   * How many servers: 1, or 3 of which one may be lost.
   *
   * @default 3
   */
  servers?: number;
  /**
   * Type of the servers' instances.
   *
   * @default "m7i.large"
   */
  serverType?: string;
  /**
   * Size of each server's disk in GiB.
   *
   * @default 50
   */
  serverDiskGiB?: number;
  /** The machines that pods run on. */
  agents: Ec2AgentArgs;
  /**
   * Ranges beside the VPC's own from which the API is reached, such as that of a VPN. It is never on the internet.
   *
   * @default none
   * @example ["10.200.0.0/16"]
   */
  connectedCidrs?: string[];
  /**
   * Ranges from which ports 80 and 443 of the machines that pods run on are reached, by a load balancer on the internet.
   *
   * @default none: there is no such load balancer
   * @example ["0.0.0.0/0"]
   */
  webCidrs?: string[];
  /**
   * Machine image with Debian, whose disk is `/dev/xvda`.
   *
   * @default the latest of Debian 12
   * @example "ami-0123456789abcdef0"
   */
  imageId?: pulumi.Input<string>;
  /**
   * Addresses of pods; each node takes a /24 of it.
   *
   * @default "10.42.0.0/16"
   */
  podCidr?: string;
  /**
   * Addresses of services.
   *
   * @default "10.43.0.0/16"
   */
  serviceCidr?: string;
  /**
   * What k3s brings and this cluster does without: `traefik`, `servicelb`, `local-storage`, `metrics-server`.
   *
   * @default none
   * @example ["traefik"]
   */
  disable?: string[];
  /**
   * Which k3s it runs; the processor follows from the instances.
   *
   * @default as each part of it says
   */
  release?: K3sReleaseArgs;
}
