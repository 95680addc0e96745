import type { Input } from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";

/** Images of a {@link LogStack}: the official ones, or some that take the same arguments and paths. */
export interface LogImages {
  /**
   * Loki, which keeps logs and answers questions about them.
   *
   * @example "docker.io/grafana/loki:3.7.8"
   */
  loki: Input<string>;
  /**
   * syslog-ng, which reads the logs of each node.
   *
   * @example "docker.io/balabit/syslog-ng:4.10.2"
   */
  agent: Input<string>;
}

/** What a {@link LogStack} is made from. Its name is also that of the namespace that it makes for itself. */
export interface LogStackArgs {
  /**
   * Which environment's logs they are.
   *
   * @example "staging"
   */
  environment: string;
  /** Images. */
  images: LogImages;
  /**
   * Namespaces whose pods' logs are kept.
   *
   * @example ["shop", "monitoring"]
   */
  namespaces: string[];
  /**
   * How long lines are kept, a day or longer.
   *
   * @default "7d"
   */
  retention?: string;
  /**
   * Size of the volume. It is fixed once made, and nothing is thrown away before its time: it has to hold what comes
   * in within the retention.
   *
   * @default "10Gi"
   */
  storage?: string;
  /**
   * Class of the volume.
   *
   * @default the cluster's default class
   * @example "gp3"
   */
  storageClass?: string;
  /**
   * What Loki requests and may use at the most.
   *
   * @default 50m to 1 CPU, 128Mi to 512Mi
   */
  resources?: Resources;
  /**
   * Folder of the nodes that pods' logs are in.
   *
   * @default "/var/log/pods"
   */
  podLogs?: string;
  /**
   * Namespace of the Grafana that may ask.
   *
   * @default none: `kubectl port-forward` leads to it
   * @example "monitoring"
   */
  grafanaNamespace?: string;
  /**
   * Addresses of a DNS server that runs on the nodes instead of in pods.
   *
   * @default []: it runs in pods of kube-system
   */
  dnsAddresses?: string[];
}
