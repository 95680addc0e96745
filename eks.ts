/** What a stack on Amazon EKS makes before its platform. Loaded only where there is one, with the SDK of AWS. */

import { getAuthorizationTokenOutput } from "@pulumi/aws/ecr/getAuthorizationToken.js";
import * as pulumi from "@pulumi/pulumi";
import { awsProvider } from "./aws-provider.ts";
import type { Connection } from "./cluster.ts";
import type { Provider as Aws } from "./components/aws.ts";
import { EksCluster } from "./components/clusters/eks/cluster.ts";
import { EksDefaults } from "./components/clusters/eks/defaults.ts";
import { Provider } from "./components/kubernetes.ts";
import type { ManagedStores } from "./components/platform/platform.ts";
import { hasEngine } from "./engine.ts";
import { services } from "./services/index.ts";
import type { EksTarget } from "./settings/eks.ts";
import type { Settings } from "./settings.ts";
import { CLUSTER_AUTOSCALER_IMAGE, mirrored } from "./versions.ts";

/**
 * Makes the cluster, and what in it comes before everything else.
 *
 * @param changes How the provider of Kubernetes changes what is there.
 */
export async function makeEks(target: EksTarget, settings: Settings, changes: object): Promise<Connection> {
  const { name, args, plan } = target;
  const aws = awsProvider(args, settings);
  const cluster = new EksCluster(
    name,
    { ...args, repositories: settings.registry === undefined ? ownImages(settings) : [] },
    { provider: aws },
  );
  const provider = new Provider("cluster", { ...changes, kubeconfig: cluster.kubeconfig });
  const autoMode = plan.nodeGroups.length === 0;
  const before: pulumi.Resource[] = [new EksDefaults(name, { autoMode }, { provider })];
  if (!autoMode) {
    const { EksAutoscaler } = await import("./components/clusters/eks/autoscaler.ts");
    const image = mirrored(CLUSTER_AUTOSCALER_IMAGE, settings.imageMirror);
    before.push(
      new EksAutoscaler(name, { clusterName: cluster.clusterName, region: args.region, image }, { provider }),
    );
  }
  if (settings.backups?.bucket !== undefined) {
    const { backupRights } = await import("./components/managed/backup-rights.ts");
    const { bucket } = settings.backups;
    before.push(
      backupRights(
        name,
        cluster.clusterName,
        { namespace: settings.namespace, region: args.region, bucket },
        aws,
      ),
    );
  }
  const platforms = plan.architectures.map((architecture) => `linux/${architecture}`);
  return {
    provider,
    kubeconfig: cluster.kubeconfig,
    before,
    images:
      settings.registry === undefined
        ? { registry: cluster.registry, login: loginTo(cluster, args.account, aws), platforms }
        : { registry: settings.registry, platforms },
    managed: await managedStores(cluster, target, aws, settings),
    outside: {
      dnsAddresses: autoMode ? [plan.dnsAddress] : [],
      // Any other class is that of a controller in the cluster, which has a namespace.
      loadBalancerCidrs: settings.ingress.className.includes("alb")
        ? plan.subnets.map((zone) => zone.public)
        : [],
    },
  };
}

/** What runs beside the cluster instead of in it. */
async function managedStores(
  cluster: EksCluster,
  { name: clusterName, args: { region }, plan }: EksTarget,
  aws: Aws,
  { postgres, redis, broker }: Settings,
): Promise<ManagedStores> {
  const beside = { cluster, clusterName, aws, cidrs: plan.subnets.map((zone) => zone.data) };
  const stores: { -readonly [Store in keyof ManagedStores]: ManagedStores[Store] } = {};
  if (postgres.kind === "rds") {
    const { rdsForm } = await import("./components/managed/rds-form.ts");
    const { rdsAuthority } = await import("./components/managed/rds-authority.ts");
    // A rendering asks nobody, and withholds what Secrets hold.
    const authority = hasEngine() ? await rdsAuthority(region, postgres.authority) : "(from AWS)";
    stores.postgres = rdsForm(postgres, { ...beside, authority });
  }
  if (redis.kind === "elasticache") {
    const { elastiCacheForm } = await import("./components/managed/elasticache-form.ts");
    stores.redis = elastiCacheForm(redis, beside);
  }
  if (broker.kind === "amazon-mq") {
    const { amazonMqForm } = await import("./components/managed/amazon-mq-form.ts");
    stores.broker = amazonMqForm(broker, beside);
  }
  return stores;
}

/** Services whose images nobody else makes. */
function ownImages(settings: Settings): string[] {
  return services.map(({ name }) => name).filter((name) => settings.services[name]?.image === undefined);
}

/** Credentials with which images can be pushed for twelve hours, asked for anew in each update. */
function loginTo({ registry }: EksCluster, account: string, provider: Aws) {
  const token = getAuthorizationTokenOutput({ registryId: account }, { provider });
  return {
    address: registry.apply((reference) => reference.split("/", 1)[0] ?? reference),
    username: token.userName,
    password: pulumi.secret(token.password),
  };
}
