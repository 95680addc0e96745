import { Chart, type ChartArgs } from "@pulumi/kubernetes/helm/v4/chart.js";
import * as pulumi from "@pulumi/pulumi";
import { type ChartName, publicChart } from "../../versions.ts";
import { Namespace } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import { type Transform, transformed } from "../transform.ts";
import { istioCharts } from "./istio/charts.ts";
import { linkerdCharts } from "./linkerd/charts.ts";
import { meshOf } from "./membership.ts";

/** What a {@link ServiceMesh} is made from. */
export interface ServiceMeshArgs {
  /**
   * Which mesh: `linkerd` or `istio`.
   *
   * @example "linkerd"
   */
  kind: string;
  /**
   * Replicas of each part of the control plane. With 2 or more, none runs on the same node as another.
   *
   * @default 2
   */
  controlReplicas?: number;
  /**
   * Registry that the mesh's images are had from; the one that an image comes from is a part of its path there.
   *
   * @default each from its own
   * @example "registry.example.com/mirror"
   */
  imageMirror?: string;
}

/** Options of a {@link ServiceMesh} in TypeScript programs. */
export interface ServiceMeshOptions extends pulumi.ComponentResourceOptions {
  /**
   * Changes single charts where the arguments do not reach.
   *
   * @default {} (charts are given what the arguments say)
   * @example { chart: (built) => ({ ...built, values: { ...built.values, logLevel: "debug" } }) }
   */
  transform?: {
    /** Asked for each chart. */
    chart?: Transform<ChartArgs>;
  };
}

/** A chart, and what it is given. */
export interface MeshChart {
  readonly chart: ChartName;
  readonly namespace: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The charts of a mesh, in the order in which they need each other, and their namespaces. */
export interface MeshCharts {
  /** Namespaces by the level of the Pod Security Standards that their pods keep. */
  readonly namespaces: Readonly<Record<string, "restricted" | "privileged">>;
  readonly charts: readonly MeshChart[];
}

/** What the charts of a mesh are made from. */
export interface MeshChartsArgs {
  readonly controlReplicas: number;
  readonly imageMirror: string | undefined;
}

/**
 * A service mesh for a whole cluster: its definitions, the network plugin that lets pods without privileges take part,
 * and its control plane. Services join it by their own `mesh`.
 *
 * @example new ServiceMesh("mesh", { kind: "linkerd" })
 */
export class ServiceMesh extends pulumi.ComponentResource {
  /** Namespace of the control plane. */
  readonly controlNamespace: pulumi.Output<string>;

  constructor(name: string, args: ServiceMeshArgs, options: ServiceMeshOptions = {}) {
    const { transform = {}, ...opts } = options;
    super("tradestack:index:ServiceMesh", name, args, opts);
    const { controlNamespace } = meshOf(args.kind);
    const charts = args.kind === "linkerd" ? linkerdCharts : istioCharts;
    const { controlReplicas = 2, imageMirror } = args;
    const wanted = charts(name, { controlReplicas, imageMirror }, { parent: this });
    const namespaces = Object.entries(wanted.namespaces).map(
      ([namespace, level]) =>
        new Namespace(
          `${namespace}-namespace`,
          {
            metadata: {
              name: namespace,
              labels: {
                ...labels(namespace, "mesh"),
                "pod-security.kubernetes.io/enforce": level,
                // A control plane that has to let itself in could not begin.
                ...(args.kind === "linkerd" ? { "config.linkerd.io/admission-webhooks": "disabled" } : {}),
              },
              annotations:
                level === "privileged"
                  ? {
                      "policy.tradestack.dev/restricted-pods":
                        "the network plugin of the mesh writes to its node",
                    }
                  : {},
            },
          },
          { parent: this },
        ),
    );
    let before: pulumi.Resource[] = namespaces;
    for (const { chart, namespace, values } of wanted.charts) {
      const { repository, version } = publicChart(chart);
      const installed = new Chart(
        `${name}-${chart}`,
        transformed(
          {
            chart,
            name: chart,
            namespace,
            version,
            repositoryOpts: { repo: repository },
            values: { ...values },
          },
          transform.chart,
        ),
        // Definitions before what they define, the network plugin before pods that need it.
        { parent: this, dependsOn: before },
      );
      before = [installed];
    }
    this.controlNamespace = pulumi.output(controlNamespace);
    this.registerOutputs({ controlNamespace: this.controlNamespace });
  }
}
