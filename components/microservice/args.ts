import type { DeploymentArgs } from "@pulumi/kubernetes/apps/v1/deployment.js";
import type { HorizontalPodAutoscalerArgs } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import type { ServiceArgs } from "@pulumi/kubernetes/core/v1/service.js";
import type { ServiceAccountArgs } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { NetworkPolicyArgs } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { PodDisruptionBudgetArgs } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import type { ComponentResourceOptions, Input } from "@pulumi/pulumi";
import type { Resources, Scale } from "../../services/description.ts";
import type { MeshArgs } from "../mesh/args.ts";
import type { MeshObject } from "../mesh/mesh.ts";
import type { SecretFile } from "../secret-file.ts";
import type { Transform } from "../transform.ts";
import type { KedaArgs, ScaledObject } from "./scaled-object.ts";

/** A store or broker that a service connects to. */
export interface StoreArgs {
  /**
   * What its pods are called (`app.kubernetes.io/name`).
   *
   * @example "postgres"
   */
  name: string;
  /**
   * TCP ports that the service needs, such as 5432.
   *
   * @example [5432]
   */
  ports: number[];
  /**
   * Labels that its pods are told by.
   *
   * @default the name, as `app.kubernetes.io/name`
   * @example { "cnpg.io/cluster": "postgres" }
   */
  podLabels?: Record<string, string>;
  /**
   * Another namespace that it is in, of which every pod may be it.
   *
   * @default the same namespace
   * @example "observability"
   */
  namespace?: string;
  /**
   * Addresses of a store outside of the cluster, in the place of pods.
   *
   * @default none: it runs in the same namespace
   * @example ["10.20.0.0/16"]
   */
  cidrs?: string[];
}

/** What a {@link Microservice} is made from. Its name is also that of its Kubernetes objects. */
export interface MicroserviceArgs {
  /**
   * Namespace that everything is made in.
   *
   * @example "shop"
   */
  namespace: Input<string>;
  /**
   * Image of the service.
   *
   * @example "registry.example.com/tradestack/order:3f9a1c"
   */
  image: Input<string>;
  /** Fewest and most replicas, and the CPU use that the autoscaler aims at. */
  scale: Scale;
  /** What one replica requests and may use at the most. */
  resources: Resources;
  /**
   * Has KEDA scale it: also by the requests under way, and with reserves by the clock.
   *
   * @default none: Kubernetes' own autoscaler does, by the CPU
   * @example { prometheusUrl: "http://prometheus.monitoring:9090" }
   */
  keda?: KedaArgs;
  /**
   * Names of the services it calls; each gives it a `<NAME>_URL` and a way out.
   *
   * @default [] (calls nobody)
   */
  calls?: string[];
  /**
   * Names of the services that call it, which alone get in.
   *
   * @default [] (nobody gets in)
   */
  callers?: string[];
  /**
   * Namespace of the ingress controller, which also gets in.
   *
   * @default none: the service is not public
   * @example "ingress-nginx"
   */
  ingressNamespace?: string;
  /**
   * Namespace of the Prometheus that may read its metrics.
   *
   * @default none: nobody reads them
   * @example "monitoring"
   */
  monitoringNamespace?: string;
  /**
   * TCP ports that it may reach outside the cluster, such as 443 for a payment provider. Private address ranges stay
   * out of reach.
   *
   * @default [] (nothing outside)
   * @example [443]
   */
  internetPorts?: number[];
  /**
   * Stores and brokers it connects to.
   *
   * @default []
   */
  stores?: StoreArgs[];
  /**
   * Credentials that it reads from files.
   *
   * @default []
   * @example [database.urlFile]
   */
  secrets?: SecretFile[];
  /**
   * Whether its image, run with the argument `migrate`, prepares its database before it serves.
   *
   * @default false
   */
  migrates?: boolean;
  /**
   * Variables of its own besides those that every service gets.
   *
   * @default {}
   * @example { PAGE_SIZE: "50" }
   */
  environment?: Record<string, string>;
  /**
   * How it takes part in a service mesh, which has to be in the cluster already.
   *
   * @default none: pods speak to each other without one
   * @example { kind: "linkerd" }
   */
  mesh?: MeshArgs;
  /**
   * Least severe level that is logged.
   *
   * @default "info"
   */
  logLevel?: string;
  /**
   * Seconds that a pod which is about to end still serves as if nothing had happened, until every proxy has
   * learnt that it goes away. Endpoints take 1 to 3 seconds to spread.
   *
   * @default 6
   */
  lameDuckSeconds?: number;
  /**
   * Seconds for the requests that are under way after that.
   *
   * @default 30
   */
  drainSeconds?: number;
}

/** Options of a {@link Microservice} in TypeScript programs. */
export interface MicroserviceOptions extends ComponentResourceOptions {
  /**
   * Changes single children where the arguments do not reach.
   *
   * @default {} (children are made as the arguments say)
   * @example { deployment: (built) => ({ ...built, metadata: { ...built.metadata, annotations: { team: "orders" } } }) }
   */
  transform?: {
    serviceAccount?: Transform<ServiceAccountArgs>;
    deployment?: Transform<DeploymentArgs>;
    service?: Transform<ServiceArgs>;
    autoscaler?: Transform<HorizontalPodAutoscalerArgs>;
    scaledObject?: Transform<ScaledObject>;
    disruptionBudget?: Transform<PodDisruptionBudgetArgs>;
    networkPolicy?: Transform<NetworkPolicyArgs>;
    /** Asked for each object of the service mesh. */
    meshObject?: Transform<MeshObject>;
  };
}
