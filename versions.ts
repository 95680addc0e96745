/**
 * The version of everything that is made elsewhere, each stated once. A name that is not here does not compile;
 * {@link findPublicImage} refuses one that is only known at run time.
 */

import { IMAGE_DIGESTS } from "./image-digests.ts";
import { nearest } from "./nearest.ts";

/** Kubernetes that the sandbox runs (`sandbox/go/kube` pins its modules) and that every manifest is written for. */
export const KUBERNETES_VERSION = "1.37.1";

/** Kubernetes that a cluster on EKS is made with: the latest one that AWS supports and the add-ons below are for. */
export const EKS_VERSION = "1.35";

/**
 * Add-ons of EKS for {@link EKS_VERSION}, of those that AWS offers for it:
 * `aws eks describe-addon-versions --kubernetes-version 1.35`. With Auto Mode EKS brings all but the last one itself.
 */
export const EKS_ADDONS = {
  "vpc-cni": "v1.23.1-eksbuild.1",
  "eks-pod-identity-agent": "v1.4.0-eksbuild.2",
  "kube-proxy": "v1.35.3-eksbuild.29",
  coredns: "v1.14.6-eksbuild.4",
  "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
  "metrics-server": "v0.9.0-eksbuild.11",
} as const;

/** What adds nodes to groups on EKS and takes them away; of the same minor version as {@link EKS_VERSION}. */
export const CLUSTER_AUTOSCALER_IMAGE = "registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.0";

/** PostgreSQL at Amazon RDS, which keeps it at the latest minor version. The major one is that of the image below. */
export const RDS_POSTGRES_VERSION = "17";

/** Valkey at Amazon ElastiCache: it goes on from the version of Redis below, and speaks as it does. */
export const ELASTICACHE_VERSION = "7.2";

/** RabbitMQ at Amazon MQ, which keeps it at the latest patch. 3.13 cannot become this one: it would be another broker. */
export const AMAZON_MQ_VERSION = "4.2";

/** Node that the services run on and that `npm ci` brings along (package.json, `optionalDependencies`). */
export const NODE_VERSION = "26.10.0";

/** Debian release that the sandbox's equivalents of public images are made from; `debian` below is its image. */
export const DEBIAN_SUITE = "bookworm";

/** What stands before the services where there is no cluster: the ingress controller that the sandbox runs, too. */
export const TRAEFIK_IMAGE = "docker.io/library/traefik:v3.6.12";

const images = {
  // Run in a cluster. `images/<name>` makes the equivalent that the sandbox runs.
  postgres: "docker.io/library/postgres:17.6-bookworm",
  redis: "docker.io/library/redis:7.2.11-bookworm",
  rabbitmq: "docker.io/library/rabbitmq:4.1.4-management",
  rclone: "docker.io/rclone/rclone:1.71.1",
  // The same; all but the first two from `images/monitoring`.
  prometheus: "quay.io/prometheus/prometheus:v3.14.0",
  "kube-state-metrics": "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0",
  alertmanager: "quay.io/prometheus/alertmanager:v0.34.2",
  "blackbox-exporter": "quay.io/prometheus/blackbox-exporter:v0.27.0",
  "node-exporter": "quay.io/prometheus/node-exporter:v1.12.1",
  "postgres-exporter": "quay.io/prometheuscommunity/postgres-exporter:v0.17.1",
  "redis-exporter": "docker.io/oliver006/redis_exporter:v1.74.0",
  // The sandbox runs its parts of an earlier version (`sandbox/go/jaeger`), which can be compiled in a minute.
  jaeger: "docker.io/jaegertracing/jaeger:2.13.0",
  // Not in the sandbox: Debian has no package of it.
  grafana: "docker.io/grafana/grafana:13.1.0",
  // Nor of Loki, which takes more than six minutes of CPU to compile, and then syslog-ng has nothing to bring lines to.
  loki: "docker.io/grafana/loki:3.7.8",
  "syslog-ng": "docker.io/balabit/syslog-ng:4.10.2",
  // Run by the CloudNativePG operator, which the sandbox does not have.
  "cnpg-postgres": "ghcr.io/cloudnative-pg/postgresql:17.6-minimal-bookworm",
  // Only built upon; `images/service/Dockerfile` repeats two of them, which a test holds together.
  debian: "docker.io/library/debian:12-slim",
  node: `docker.io/library/node:${NODE_VERSION}-bookworm-slim`,
  distroless: "gcr.io/distroless/cc-debian12:nonroot",
} as const;

/** Charts of service meshes, and where each is had from. */
const charts = {
  "linkerd-crds": { repository: "https://helm.linkerd.io/edge", version: "2026.6.3" },
  "linkerd2-cni": { repository: "https://helm.linkerd.io/edge", version: "2026.6.3" },
  "linkerd-control-plane": { repository: "https://helm.linkerd.io/edge", version: "2026.6.3" },
  base: { repository: "https://istio-release.storage.googleapis.com/charts", version: "1.30.3" },
  cni: { repository: "https://istio-release.storage.googleapis.com/charts", version: "1.30.3" },
  istiod: { repository: "https://istio-release.storage.googleapis.com/charts", version: "1.30.3" },
} as const;

/** A Helm chart that others make. */
export type ChartName = keyof typeof charts;

/** Where a chart is had from, and which version of it. */
export const publicChart = (name: ChartName): { readonly repository: string; readonly version: string } =>
  charts[name];

/** An image that others make. */
export type PublicImage = keyof typeof images;
/** A public image that no pod runs: others are built upon it. */
export type BaseImage = "debian" | "node" | "distroless";
/** A public image that the sandbox has no equivalent of. */
export type ForeignImage = "cnpg-postgres" | "grafana" | "loki" | "syslog-ng";
/** A public image that pods run. */
export type ThirdPartyImage = Exclude<PublicImage, BaseImage>;

/** A name that no version is stated for. The message says which are. */
export class VersionError extends Error {
  override readonly name = "VersionError";
}

/**
 * The full reference of a public image.
 *
 * @example publicImage("postgres") // "docker.io/library/postgres:17.6-bookworm"
 */
export function publicImage(name: PublicImage): string {
  return images[name];
}

/** References of all of them, the ingress controller of Compose included. */
export const publicImages = (): string[] => [...Object.values(images), TRAEFIK_IMAGE];

/**
 * A public image pinned to its content as `npm run digests` last saw it; as it is where it was never looked at.
 *
 * @example pinnedImage("redis") // "docker.io/library/redis:7.2.11-bookworm@sha256:…"
 */
export function pinnedImage(name: PublicImage): string {
  const reference = publicImage(name);
  const digest = IMAGE_DIGESTS[reference];
  return digest === undefined ? reference : `${reference}@${digest}`;
}

/** The host that answers for a registry: Docker Hub's is another than the one in its images' names. */
export const registryHost = (registry: string): string =>
  registry === "docker.io" ? "registry-1.docker.io" : registry;

/**
 * The same image in a mirror, which keeps the registry that it comes from as a part of its path.
 *
 * @param mirror Such as `registry.example.com/mirror`; undefined: the image's own registry.
 * @example mirrored("docker.io/library/redis:7", "registry.example.com/mirror")
 * // "registry.example.com/mirror/docker.io/library/redis:7"
 */
export function mirrored(reference: string, mirror: string | undefined): string {
  return mirror === undefined ? reference : `${mirror}/${reference}`;
}

/** A reference as Dockerfiles and people shorten it: `node:26` of `docker.io/library/node:26`. */
export const familiar = (reference: string): string => reference.replace("docker.io/library/", "");

/**
 * As {@link publicImage}, for a name that is only known at run time.
 *
 * @throws {VersionError} when no version is stated for it.
 */
export function findPublicImage(name: string): string {
  if (Object.hasOwn(images, name)) return images[name as PublicImage];
  const known = Object.keys(images);
  const meant = nearest(name, known);
  const suggestion = meant === undefined ? `one of ${known.join(", ")}` : `"${meant}"`;
  throw new VersionError(
    `image "${name}": versions.ts states no version for it; use ${suggestion}, or add it`,
  );
}
