import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import type { EksClusterArgs } from "../../components/clusters/eks/args.ts";
import { EksAutoscaler } from "../../components/clusters/eks/autoscaler.ts";
import { EksCluster } from "../../components/clusters/eks/cluster.ts";
import { EksDefaults } from "../../components/clusters/eks/defaults.ts";
import { EksPodIdentity } from "../../components/clusters/eks/pod-identity.ts";
import { EKS_ADDONS, EKS_VERSION } from "../../versions.ts";
import { type Made, make } from "./support.ts";

const ROLE = "arn:aws:iam::123456789012:role/platform";
const args: EksClusterArgs = { region: "eu-central-1", account: "123456789012" };
const LOGS = "arn:aws:logs:eu-central-1:123456789012:log-group:flow";
const group = { name: "general", instanceTypes: ["m8g.large"], min: 3, max: 9 };

/** What only AWS knows. */
const computed = {
  "aws:eks/cluster:Cluster": {
    endpoint: "https://shop.eks.test",
    certificateAuthority: { data: "Q0E=" },
    identities: [{ oidcs: [{ issuer: "https://oidc.eks.test/id/1" }] }],
    vpcConfig: { clusterSecurityGroupId: "sg-nodes" },
  },
  "aws:cloudwatch/logGroup:LogGroup": { arn: LOGS },
  "aws:iam/role:Role": { arn: "arn:aws:iam::123456789012:role/made" },
  "aws:ec2/launchTemplate:LaunchTemplate": { latestVersion: 7 },
};
const run = (build: () => void) => make(build, {}, {}, computed);
const made = (changes: Partial<EksClusterArgs> = {}) =>
  run(() => {
    new EksCluster("shop", { ...args, ...changes });
  });
/** What resources of a type were made from. */
const all = ({ resources }: Made, type: string) =>
  resources.filter((resource) => resource.type.endsWith(`:${type}`)).map(({ inputs }) => inputs);
const names = ({ resources }: Made, type: string) =>
  resources.filter((resource) => resource.type.endsWith(`:${type}`)).map(({ name }) => name);

const standard = await made({ admins: [ROLE], repositories: ["order", "payment"] });
const withGroups = await made({
  nodeGroups: [group],
  singleNat: true,
  publicAccessCidrs: ["203.0.113.0/24"],
});

describe("the network", () => {
  test("has three subnets in each zone, and a way out of each zone but for databases", () => {
    expect(names(standard, "Subnet")).toHaveLength(9);
    expect(names(standard, "Route").filter((name) => name.includes("data"))).toEqual([]);
    expect(names(standard, "NatGateway")).toHaveLength(3);
    expect(all(standard, "Subnet").some((subnet) => subnet.mapPublicIpOnLaunch)).toBe(false);
    const out = all(standard, "Route").filter((route) => route.gatewayId === undefined);
    expect(out.map((route) => route.natGatewayId)).toEqual(
      ["a", "b", "c"].map((zone) => `shop-nat-eu-central-1${zone}-id`),
    );
  });

  test("can share one way out", () => {
    expect(names(withGroups, "NatGateway")).toEqual(["shop-nat-eu-central-1a"]);
    expect(names(withGroups, "Route").filter((name) => name.includes("private"))).toHaveLength(3);
  });

  test("is logged, and its default group lets nobody in", () => {
    expect(all(standard, "FlowLog")).toMatchObject([{ trafficType: "ALL", vpcId: "shop-vpc-id" }]);
    expect(all(standard, "DefaultSecurityGroup")[0]).not.toHaveProperty("ingress");
    const [policy] = all(standard, "RolePolicy");
    expect(JSON.parse(String(policy?.policy)).Statement).toMatchObject([
      {
        Resource: [LOGS, `${LOGS}:*`],
      },
    ]);
  });
});

describe("the control plane", () => {
  test("encrypts secrets, logs everything, and is reached from within only", () => {
    expect(all(standard, "Cluster")).toMatchObject([
      {
        version: EKS_VERSION,
        deletionProtection: true,
        encryptionConfig: { resources: ["secrets"] },
        enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      },
    ]);
    expect(all(standard, "Key")).toMatchObject([{ enableKeyRotation: true }]);
  });

  test("is reached from the ranges that are named", () => {
    expect(all(withGroups, "Cluster")[0]?.vpcConfig).toMatchObject({
      endpointPublicAccess: true,
      publicAccessCidrs: ["203.0.113.0/24"],
    });
  });

  test("lets the admins in by name, and where there is none whoever makes it", () => {
    expect(all(standard, "AccessEntry")).toMatchObject([{ principalArn: ROLE, type: "STANDARD" }]);
    expect(all(standard, "AccessPolicyAssociation")).toMatchObject([
      {
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope: { type: "cluster" },
      },
    ]);
    expect(all(withGroups, "AccessEntry")).toEqual([]);
    expect(all(withGroups, "Cluster")[0]?.accessConfig).toMatchObject({
      bootstrapClusterCreatorAdminPermissions: true,
    });
  });
});

describe("nodes", () => {
  test("are made by Auto Mode, all three parts of it", () => {
    expect(all(standard, "Cluster")).toMatchObject([
      {
        computeConfig: { enabled: true, nodePools: ["general-purpose", "system"] },
        storageConfig: { blockStorage: { enabled: true } },
        kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } },
      },
    ]);
    expect(all(standard, "NodeGroup")).toEqual([]);
    expect(all(standard, "Addon").map((addon) => addon.addonName)).toEqual(["metrics-server"]);
  });

  test("or come in groups, and bring what Auto Mode would", () => {
    expect(all(withGroups, "Cluster")).toMatchObject([
      { computeConfig: { enabled: false }, storageConfig: { blockStorage: { enabled: false } } },
    ]);
    expect(all(withGroups, "NodeGroup")).toMatchObject([
      {
        amiType: "AL2023_ARM_64_STANDARD",
        capacityType: "ON_DEMAND",
        scalingConfig: { minSize: 3, maxSize: 9, desiredSize: 3 },
      },
    ]);
    const addons = all(withGroups, "Addon");
    expect(Object.fromEntries(addons.map((addon) => [addon.addonName, addon.addonVersion]))).toEqual(
      EKS_ADDONS,
    );
    const network = addons.find((addon) => addon.addonName === "vpc-cni");
    expect(network?.configurationValues).toBe('{"enableNetworkPolicy":"true"}');
  });

  test("take what add-ons AWS has for another version of Kubernetes, and what a program changes of them", async () => {
    const other = await run(() => {
      new EksCluster(
        "shop",
        { ...args, version: "1.34" },
        { transform: { cluster: (built) => ({ ...built, upgradePolicy: { supportType: "STANDARD" } }) } },
      );
    });
    expect(all(other, "Cluster")).toMatchObject([
      { version: "1.34", upgradePolicy: { supportType: "STANDARD" } },
    ]);
    expect(all(other, "Addon")[0]).not.toHaveProperty("addonVersion");
  });

  test("nobody logs in, pods do not get at their credentials, and disks are encrypted", () => {
    const [template] = all(withGroups, "LaunchTemplate");
    expect(template).toMatchObject({
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ ebs: { encrypted: "true" } }],
    });
    expect(template).not.toHaveProperty("keyName");
    expect(all(withGroups, "NodeGroup")[0]).not.toHaveProperty("remoteAccess");
    for (const stack of [standard, withGroups]) expect(all(stack, "SecurityGroupIngressRule")).toEqual([]);
  });
});

test("no role may do everything", () => {
  for (const stack of [standard, withGroups]) {
    for (const { policy } of all(stack, "RolePolicy")) {
      for (const { Action, Resource } of JSON.parse(String(policy)).Statement) {
        const changes = [Action].flat().filter((action: string) => !/:(Describe|Get)[A-Za-z]+$/.test(action));
        expect(changes.join()).not.toContain("*");
        if (changes.length > 0) expect(Resource).not.toContain("*");
      }
    }
    for (const { policyArn } of all(stack, "RolePolicyAttachment")) {
      expect(policyArn).toMatch(/policy\/(service-role\/)?AmazonE(KS|C2|BS)/);
    }
  }
});

test("repositories keep a tag for one image, and search it for flaws", () => {
  expect(all(standard, "Repository")).toMatchObject(
    ["order", "payment"].map((name) => ({
      name: `shop/${name}`,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
    })),
  );
  expect(names(standard, "LifecyclePolicy")).toEqual(["shop-order", "shop-payment"]);
});

test("the outputs lead others to it, and hold no credential", async () => {
  const outputs = Promise.withResolvers<Record<string, unknown>>();
  await run(() => {
    const { kubeconfig, registry, privateCidrs, oidcIssuer, nodeSecurityGroupId } = new EksCluster(
      "shop",
      args,
    );
    pulumi
      .output({ kubeconfig, registry, privateCidrs, oidcIssuer, nodeSecurityGroupId })
      .apply(outputs.resolve);
  });
  const { kubeconfig, ...others } = await outputs.promise;
  expect(others).toEqual({
    registry: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop",
    privateCidrs: ["10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"],
    oidcIssuer: "https://oidc.eks.test/id/1",
    nodeSecurityGroupId: "sg-nodes",
  });
  expect(JSON.parse(String(kubeconfig))).toMatchObject({
    "current-context": "shop",
    clusters: [{ cluster: { server: "https://shop.eks.test", "certificate-authority-data": "Q0E=" } }],
    users: [
      {
        user: {
          exec: {
            command: "aws",
            args: [
              "eks",
              "get-token",
              "--cluster-name",
              "shop",
              "--region",
              "eu-central-1",
              "--output",
              "json",
            ],
          },
        },
      },
    ],
  });
});

test("a service account is given rights of its own", async () => {
  const identity = await run(() => {
    new EksPodIdentity("backup", {
      clusterName: "shop",
      namespace: "tradestack-prod",
      serviceAccount: "backup",
      policy: "{}",
    });
  });
  expect(all(identity, "PodIdentityAssociation")).toEqual([
    {
      clusterName: "shop",
      namespace: "tradestack-prod",
      serviceAccount: "backup",
      roleArn: computed["aws:iam/role:Role"].arn,
    },
  ]);
  expect(JSON.parse(String(all(identity, "Role")[0]?.assumeRolePolicy)).Statement).toMatchObject([
    { Principal: { Service: "pods.eks.amazonaws.com" } },
  ]);
});

describe("EksDefaults", () => {
  const defaults = (autoMode: boolean) =>
    make(() => {
      new EksDefaults("shop", { autoMode });
    });

  test("make volumes that are encrypted, and policies that count", async () => {
    const { resources } = await defaults(true);
    const kinds = resources.map(({ inputs }) => inputs);
    expect(kinds.find(({ kind }) => kind === "StorageClass")).toMatchObject({
      provisioner: "ebs.csi.eks.amazonaws.com",
      parameters: { encrypted: "true" },
      volumeBindingMode: "WaitForFirstConsumer",
    });
    expect(kinds.find(({ kind }) => kind === "ConfigMap")).toMatchObject({
      metadata: { name: "amazon-vpc-cni", namespace: "kube-system" },
      data: { "enable-network-policy-controller": "true" },
    });
    expect(kinds.find(({ kind }) => kind === "IngressClass")).toMatchObject({
      spec: {
        controller: "eks.amazonaws.com/alb",
        parameters: { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name: "alb" },
      },
    });
  });

  test("leave load balancers to others where nodes come in groups", async () => {
    const { resources } = await defaults(false);
    const objects = resources.filter(({ inputs }) => inputs.kind !== undefined);
    expect(objects.map(({ inputs }) => inputs.kind)).toEqual(["StorageClass"]);
    expect(objects[0]?.inputs.provisioner).toBe("ebs.csi.aws.com");
  });
});

test("EksAutoscaler finds the groups of its cluster, and may change nothing of them but their size", async () => {
  const { resources } = await run(() => {
    new EksAutoscaler("shop", { clusterName: "shop", region: "eu-central-1" });
  });
  const deployment = resources.find(({ inputs }) => inputs.kind === "Deployment")?.inputs;
  expect(deployment).toMatchObject({
    spec: { template: { spec: { containers: [{ env: [{ name: "AWS_REGION", value: "eu-central-1" }] }] } } },
  });
  expect(JSON.stringify(deployment)).toContain(
    "asg:tag=k8s.io/cluster-autoscaler/enabled,k8s.io/cluster-autoscaler/shop",
  );
  expect(all(withGroups, "PodIdentityAssociation")).toMatchObject([
    { namespace: "kube-system", serviceAccount: "cluster-autoscaler" },
  ]);
  const policy = all(withGroups, "RolePolicy").find(({ policy }) => String(policy).includes("SetDesired"));
  expect(JSON.parse(String(policy?.policy)).Statement[1]).toMatchObject({
    Resource: ["arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:*"],
    Condition: { StringEquals: { "aws:ResourceTag/k8s.io/cluster-autoscaler/shop": "owned" } },
  });
});
