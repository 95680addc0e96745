import type * as pulumi from "@pulumi/pulumi";

/** Which k3s machines run, and where they get it. */
export interface K3sReleaseArgs {
  /**
   * Its version. With another one than the default, `binarySha256` has to be given.
   *
   * @default "v1.36.4+k3s1"
   */
  version?: string;
  /**
   * What the machines' processors are: `amd64` or `arm64`.
   *
   * @default "amd64"
   */
  architecture?: string;
  /**
   * Where the binary is, for sites without the internet. With `file`, the machine's image has it.
   *
   * @default the release on GitHub
   * @example "http://10.0.1.5/k3s"
   */
  binaryUrl?: string;
  /**
   * SHA-256 of the binary; nothing else is run.
   *
   * @default that of the default version
   * @example "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
   */
  binarySha256?: string;
  /**
   * Where the archive of the images that k3s itself runs is, for sites without the internet.
   *
   * @default none: nodes pull them
   * @example "http://10.0.1.5/k3s-airgap-images-amd64.tar.zst"
   */
  imagesUrl?: string;
  /**
   * SHA-256 of that archive.
   *
   * @default that of the default version
   * @example "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
   */
  imagesSha256?: string;
}

/** What a {@link VmCluster} is made from. Its name is also that of the cluster and of its context. */
export interface VmClusterArgs {
  /**
   * What every key and password of the cluster is derived from: 32 bytes or more that nobody can guess, in base64.
   * Another secret is another cluster.
   *
   * @example keys.password("cluster")
   */
  secret: pulumi.Input<string>;
  /**
   * Where the API answers on port 6443: the load balancer's IPv4 address or host name, or the only server's.
   *
   * @example "10.0.1.10"
   */
  address: pulumi.Input<string>;
  /**
   * The servers' IPv4 addresses: one server, or three of which one may be lost.
   *
   * @example ["10.0.1.21", "10.0.1.22", "10.0.1.23"]
   */
  servers: string[];
  /**
   * Whether servers run more than the cluster itself.
   *
   * @default true with one server, false with three
   */
  workloadsOnServers?: boolean;
  /**
   * The machines' network.
   *
   * @example "10.0.1.0/24"
   */
  nodeCidr: string;
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
   * Which k3s it runs.
   *
   * @default as each part of it says
   */
  release?: K3sReleaseArgs;
}

/** The same with everything known. */
export type VmClusterConfiguration = pulumi.Unwrap<VmClusterArgs>;
