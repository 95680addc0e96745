import * as pulumi from "@pulumi/pulumi";
import { EKS_VERSION } from "../../../versions.ts";
import { AccessEntry, AccessPolicyAssociation, Cluster, Key, LogGroup } from "../../aws.ts";
import { transformed } from "../../transform.ts";
import { AFTER_NODES, BEFORE_NODES, makeAddons, WITH_AUTO_MODE } from "./addons.ts";
import type { EksClusterArgs, EksClusterOptions } from "./args.ts";
import { AUTOSCALER, AUTOSCALER_NAMESPACE } from "./autoscaler-rights.ts";
import { planEks } from "./check.ts";
import { eksKubeconfig } from "./kubeconfig.ts";
import { makeNetwork } from "./network.ts";
import { makeNodeGroup } from "./nodes.ts";
import { EksPodIdentity } from "./pod-identity.ts";
import { autoscalerPolicy, clusterPolicies, nodePolicies, trust } from "./policies.ts";
import { makeRepositories, registryOf } from "./repositories.ts";
import { makeRole } from "./role.ts";
import { partitionOf } from "./zones.ts";

const LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
const LOG_DAYS = 90;
/** Pools of nodes that Auto Mode keeps: for pods, and for what the system itself needs. */
const NODE_POOLS = ["general-purpose", "system"];

/**
 * A Kubernetes cluster on Amazon EKS in a network of its own: nodes and pods in private subnets, secrets
 * encrypted by a key of its own, everything that its control plane does logged, and access by IAM only.
 *
 * @example
 * const cluster = new EksCluster("shop", {
 *   region: "eu-central-1", account: "123456789012",
 *   admins: ["arn:aws:iam::123456789012:role/platform"], publicAccessCidrs: ["203.0.113.0/24"],
 * });
 * const provider = new k8s.Provider("shop", { kubeconfig: cluster.kubeconfig });
 */
export class EksCluster extends pulumi.ComponentResource {
  /** Name of the cluster, known once pods can run in it. */
  readonly clusterName: pulumi.Output<string>;
  /** Kubeconfig whose user is whoever uses it (`aws eks get-token`), known once pods can run. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Where images are pushed, without an image's own name. */
  readonly registry: pulumi.Output<string>;
  /** Issuer of the tokens of service accounts, for OpenID Connect. */
  readonly oidcIssuer: pulumi.Output<string>;
  /** The VPC. */
  readonly vpcId: pulumi.Output<string>;
  /** Subnets of nodes and pods. */
  readonly privateSubnetIds: pulumi.Output<string[]>;
  /** Subnets of load balancers. */
  readonly publicSubnetIds: pulumi.Output<string[]>;
  /** Subnets of databases, which have no way to the internet. */
  readonly dataSubnetIds: pulumi.Output<string[]>;
  /** Ranges of the private subnets. */
  readonly privateCidrs: pulumi.Output<string[]>;
  /** Ranges of the public subnets. */
  readonly publicCidrs: pulumi.Output<string[]>;
  /** Ranges of the subnets of databases. */
  readonly dataCidrs: pulumi.Output<string[]>;
  /** Security group of every node. */
  readonly nodeSecurityGroupId: pulumi.Output<string>;
  /** Address of the cluster's DNS. */
  readonly dnsAddress: pulumi.Output<string>;

  constructor(name: string, args: EksClusterArgs, options: EksClusterOptions = {}) {
    const { transform = {}, ...opts } = options;
    super("tradestack:index:EksCluster", name, args, opts);
    const plan = planEks(name, args);
    const { region, account } = args;
    const partition = partitionOf(region);
    const auto = plan.nodeGroups.length === 0;
    const version = args.version ?? EKS_VERSION;
    const logDays = args.logDays ?? LOG_DAYS;
    // What was logged, and what it takes to read secrets, is wanted most when somebody has destroyed the rest.
    const keep = args.deletionProtection ?? true;

    const network = makeNetwork(this, name, {
      region,
      account,
      cidr: plan.cidr,
      zones: plan.zones,
      subnets: plan.subnets,
      singleNat: args.singleNat ?? false,
      logDays,
      keep,
      transform,
    });
    const secrets = new Key(
      `${name}-secrets`,
      { description: `Secrets of the cluster ${name}`, enableKeyRotation: true, deletionWindowInDays: 30 },
      { parent: this, retainOnDelete: keep },
    );
    const control = makeRole(this, `${name}-cluster`, {
      description: `What EKS does for the cluster ${name}`,
      trust: trust("eks.amazonaws.com", { sessionTags: auto }),
      managed: clusterPolicies(partition, auto),
    });
    const nodes = makeRole(this, `${name}-node`, {
      description: `What the nodes of ${name} may do`,
      trust: trust("ec2.amazonaws.com"),
      managed: nodePolicies(partition, auto),
    });
    const logs = new LogGroup(
      `${name}-control-plane`,
      { name: `/aws/eks/${name}/cluster`, retentionInDays: logDays },
      { parent: this, retainOnDelete: keep },
    );
    const cluster = new Cluster(
      name,
      transformed(
        {
          name,
          version,
          roleArn: control.role.arn,
          enabledClusterLogTypes: LOGS,
          deletionProtection: keep,
          // A version that AWS changed by itself would be one that this program wants to take back, and cannot.
          upgradePolicy: { supportType: "EXTENDED" },
          zonalShiftConfig: { enabled: true },
          bootstrapSelfManagedAddons: false,
          accessConfig: {
            authenticationMode: "API",
            bootstrapClusterCreatorAdminPermissions: (args.admins ?? []).length === 0,
          },
          encryptionConfig: { provider: { keyArn: secrets.arn }, resources: ["secrets"] },
          vpcConfig: {
            subnetIds: network.privateSubnetIds,
            endpointPrivateAccess: true,
            endpointPublicAccess: plan.publicAccess.length > 0,
            ...(plan.publicAccess.length > 0 ? { publicAccessCidrs: [...plan.publicAccess] } : {}),
          },
          // The three of Auto Mode are on or off together.
          computeConfig: auto
            ? { enabled: true, nodePools: NODE_POOLS, nodeRoleArn: nodes.role.arn }
            : { enabled: false },
          storageConfig: { blockStorage: { enabled: auto } },
          kubernetesNetworkConfig: {
            ipFamily: "ipv4",
            serviceIpv4Cidr: plan.serviceCidr,
            elasticLoadBalancing: { enabled: auto },
          },
        },
        transform.cluster,
      ),
      {
        parent: this,
        dependsOn: [...control.grants, ...nodes.grants, logs],
        // Counts only while the cluster is made; to change it later would replace the cluster.
        ignoreChanges: ["accessConfig.bootstrapClusterCreatorAdminPermissions"],
        customTimeouts: { create: "30m", update: "90m", delete: "30m" },
      },
    );
    const access = [
      ...grant(this, name, cluster, args.admins ?? [], partition, "AmazonEKSClusterAdminPolicy"),
      ...grant(this, name, cluster, args.viewers ?? [], partition, "AmazonEKSViewPolicy"),
    ];
    const addons = { cluster: name, clusterName: cluster.name, version, partition };
    const ready: pulumi.Resource[] = [...access, ...network.routes];
    if (auto) ready.push(...makeAddons(this, WITH_AUTO_MODE, addons, network.routes));
    else {
      const before = makeAddons(this, BEFORE_NODES, addons, []);
      const groups = plan.nodeGroups.map((group) =>
        makeNodeGroup(this, group, {
          cluster: name,
          clusterName: cluster.name,
          version,
          roleArn: nodes.role.arn,
          subnetIds: network.privateSubnetIds,
          needs: [...nodes.grants, ...network.routes, ...before],
          transform,
        }),
      );
      ready.push(...groups, ...makeAddons(this, AFTER_NODES, addons, groups));
      new EksPodIdentity(
        `${name}-${AUTOSCALER}`,
        {
          clusterName: cluster.name,
          namespace: AUTOSCALER_NAMESPACE,
          serviceAccount: AUTOSCALER,
          policy: autoscalerPolicy({ cluster: name, partition, region, account }),
        },
        { parent: this },
      );
    }
    const repositories = makeRepositories(this, name, args.repositories ?? [], transform);

    // Whoever uses one of these waits until pods can run, and until those who let them run may.
    this.clusterName = after(ready, cluster.name);
    this.kubeconfig = pulumi.secret(
      pulumi
        .all([cluster.endpoint, cluster.certificateAuthority, after(ready, "")])
        .apply(([endpoint, { data: authority }]) => eksKubeconfig({ name, region, endpoint, authority })),
    );
    // What is pushed there needs no cluster, only the repositories.
    this.registry = after(repositories, registryOf(name, region, account));
    this.oidcIssuer = cluster.identities.apply((identities) => identities[0]?.oidcs?.[0]?.issuer ?? "");
    this.vpcId = network.vpcId;
    this.privateSubnetIds = pulumi.all(network.privateSubnetIds);
    this.publicSubnetIds = pulumi.all(network.publicSubnetIds);
    this.dataSubnetIds = pulumi.all(network.dataSubnetIds);
    this.privateCidrs = pulumi.output(plan.subnets.map((zone) => zone.private));
    this.publicCidrs = pulumi.output(plan.subnets.map((zone) => zone.public));
    this.dataCidrs = pulumi.output(plan.subnets.map((zone) => zone.data));
    this.nodeSecurityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.dnsAddress = pulumi.output(plan.dnsAddress);
    this.registerOutputs({
      clusterName: this.clusterName,
      kubeconfig: this.kubeconfig,
      registry: this.registry,
      oidcIssuer: this.oidcIssuer,
      vpcId: this.vpcId,
      privateSubnetIds: this.privateSubnetIds,
      publicSubnetIds: this.publicSubnetIds,
      dataSubnetIds: this.dataSubnetIds,
      privateCidrs: this.privateCidrs,
      publicCidrs: this.publicCidrs,
      dataCidrs: this.dataCidrs,
      nodeSecurityGroupId: this.nodeSecurityGroupId,
      dnsAddress: this.dnsAddress,
    });
  }
}

/** A value that is used only once some resources are there. */
function after(resources: readonly pulumi.Resource[], value: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.all([value, ...resources.map(({ urn }) => urn)]).apply(([known]) => known ?? "");
}

/** Lets IAM identities into the cluster, each with one policy of EKS for all of it. */
function grant(
  parent: pulumi.ComponentResource,
  prefix: string,
  cluster: Cluster,
  principals: readonly string[],
  partition: string,
  policy: string,
): pulumi.Resource[] {
  return principals.map((principalArn) => {
    const name = `${prefix}-${principalArn.slice(principalArn.lastIndexOf(":") + 1).replaceAll("/", "-")}`;
    const entry = new AccessEntry(
      name,
      { clusterName: cluster.name, principalArn, type: "STANDARD" },
      { parent },
    );
    return new AccessPolicyAssociation(
      name,
      {
        clusterName: cluster.name,
        principalArn: entry.principalArn,
        policyArn: `arn:${partition}:eks::aws:cluster-access-policy/${policy}`,
        accessScope: { type: "cluster" },
      },
      { parent },
    );
  });
}
