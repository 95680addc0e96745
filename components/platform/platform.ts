import * as pulumi from "@pulumi/pulumi";
import type { ServiceDescription } from "../../services/description.ts";
import type { Settings } from "../../settings.ts";
import type { KeyRing } from "../credentials.ts";
import type { ImageSource } from "../image/source.ts";
import { PublicIngress } from "../ingress/public-ingress.ts";
import type { MeshArgs } from "../mesh/args.ts";
import { Microservice } from "../microservice/microservice.ts";
import type { KedaArgs } from "../microservice/scaled-object.ts";
import { EnvironmentNamespace } from "../namespace/namespace.ts";
import type { PostgresForm } from "../postgres/endpoint.ts";
import type { BrokerForm } from "../rabbitmq/form.ts";
import type { RedisForm } from "../redis/form.ts";
import { databaseEnvironment } from "./databases.ts";
import { edges } from "./edges.ts";
import { foreignSecrets, ownSecrets } from "./secrets.ts";
import { type Stores, storesOf } from "./stores.ts";
import { tracingEnvironment, tracingInternetPorts } from "./traces.ts";

/** What a {@link Platform} is made from. */
export interface PlatformArgs {
  /** What differs between environments. */
  settings: Settings;
  /** Every service, as it describes itself. */
  services: readonly ServiceDescription[];
  /** Where images come from. */
  images: ImageSource;
  /** What passwords are derived from. */
  keys: KeyRing;
  /**
   * Where people find the platform, for the links that services send; unknown where any host leads to it.
   *
   * @example "https://shop.example.com"
   */
  url?: string;
  /** Forms of stores that a cloud runs; given only where the settings name one, for their SDKs are heavy. */
  managed?: ManagedStores;
  /** What of the cluster is no pod; given only where something is. */
  outside?: OutsideArgs;
}

/** What a cluster has outside of its pods, which policies know by its address. */
export interface OutsideArgs {
  /** Addresses of a DNS server that runs on the nodes. */
  readonly dnsAddresses: string[];
  /** Ranges in which load balancers are. */
  readonly loadBalancerCidrs: string[];
}

/** Stores that a cloud runs. */
export interface ManagedStores {
  /** Makes the server where `postgres.kind` is `rds`. */
  readonly postgres?: PostgresForm;
  /** Makes the Redis where `redis.kind` is `elasticache`. */
  readonly redis?: RedisForm;
  /** Makes the broker where `broker.kind` is `amazon-mq`. */
  readonly broker?: BrokerForm;
}

/** The whole of one environment: its namespace, stores, services and the way in, derived from the descriptions. */
export class Platform extends pulumi.ComponentResource {
  /** The namespace that everything is in. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: PlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    // Not the arguments: they hold credentials, and a component's inputs are kept in the state.
    super("tradestack:index:Platform", name, {}, opts);
    const { settings, services } = args;
    const environment = new EnvironmentNamespace(
      settings.namespace,
      { environment: settings.environment, dnsAddresses: args.outside?.dnsAddresses ?? [] },
      { parent: this },
    );
    this.namespace = environment.name;
    const stores = storesOf(this, this.namespace, args);
    for (const service of services) this.#deploy(service, args, stores);
    const routes = services.flatMap(({ name, public: path }) =>
      path === undefined ? [] : [{ path, service: name }],
    );
    if (routes.length > 0) {
      new PublicIngress(
        "public",
        {
          namespace: this.namespace,
          routes,
          ...ingressArgs(settings),
          loadBalancerCidrs: args.outside?.loadBalancerCidrs ?? [],
        },
        { parent: this },
      );
    }
    this.registerOutputs({ namespace: this.namespace });
  }

  #deploy(service: ServiceDescription, args: PlatformArgs, stores: Stores): void {
    const { settings, services, images, keys, url } = args;
    const own = settings.services[service.name];
    const { scale, resources } = own ?? service;
    new Microservice(
      service.name,
      {
        namespace: this.namespace,
        image: images.service(service.name),
        scale,
        ...kedaArgs(settings, service.name),
        resources,
        ...edges(service, services),
        ...(service.public && !args.outside?.loadBalancerCidrs.length
          ? { ingressNamespace: settings.ingress.namespace }
          : {}),
        monitoringNamespace: settings.monitoringNamespace,
        internetPorts: [...(own?.internetPorts ?? []), ...tracingInternetPorts(settings.tracing)],
        ...meshArgs(settings),
        stores: stores.reachedBy(service),
        secrets: [
          ...stores.secretsOf(service),
          ...ownSecrets(this, this.namespace, service, keys),
          ...foreignSecrets(own?.secretFiles ?? {}),
        ],
        migrates: service.database !== undefined,
        environment: {
          ...databaseEnvironment(service),
          ...tracingEnvironment(settings.tracing),
          ...(service.demoData && settings.environment === "dev" ? { SEED_DEMO: "true" } : {}),
          ...(url === undefined ? {} : { PUBLIC_URL: url }),
          ...own?.environment,
        },
      },
      { parent: this },
    );
  }
}

/** How KEDA scales a service, where it does. */
function kedaArgs({ autoscaling, services }: Settings, service: string): { keda?: KedaArgs } {
  if (autoscaling.kind !== "keda") return {};
  const { prometheusUrl, timeZone } = autoscaling;
  return { keda: { prometheusUrl, timeZone, reserve: [...(services[service]?.reserve ?? [])] } };
}

/** How every service takes part in the mesh, where there is one. */
function meshArgs({ mesh }: Settings): { mesh?: MeshArgs } {
  if (mesh === undefined) return {};
  const { kind, strict, ingressAccount } = mesh;
  return { mesh: { kind, strict, ...(ingressAccount === undefined ? {} : { ingressAccount }) } };
}

function ingressArgs({ ingress }: Settings) {
  return {
    className: ingress.className,
    ...(ingress.host === undefined ? {} : { host: ingress.host }),
    ...(ingress.tlsSecret === undefined ? {} : { tlsSecret: ingress.tlsSecret }),
    ...(ingress.certificateArn === undefined ? {} : { certificateArn: ingress.certificateArn }),
  };
}
