import type { ComponentResource, Output, Resource } from "@pulumi/pulumi";
import { EKS_ADDONS, EKS_VERSION } from "../../../versions.ts";
import { Addon } from "../../aws.ts";
import { addonRole } from "./pod-identity.ts";
import { managedPolicy } from "./policies.ts";

/** An add-on whose version is stated. */
export type AddonName = keyof typeof EKS_ADDONS;

/** What the add-ons of a cluster have in common. */
export interface AddonsArgs {
  readonly cluster: string;
  readonly clusterName: Output<string>;
  /** Version of Kubernetes. */
  readonly version: string;
  readonly partition: string;
}

/** What single add-ons are told and may do. */
interface AddonSettings {
  readonly configuration?: object;
  /** The service account, and the policy of AWS that it gets. */
  readonly identity?: { readonly serviceAccount: string; readonly policy: string };
}

const SETTINGS: Readonly<Partial<Record<AddonName, AddonSettings>>> = {
  "vpc-cni": {
    // Without it policies are taken and ignored, and every pod reaches every other one.
    configuration: { enableNetworkPolicy: "true" },
    identity: { serviceAccount: "aws-node", policy: "AmazonEKS_CNI_Policy" },
  },
  "aws-ebs-csi-driver": {
    // Its own class cannot be encrypted; EksDefaults makes one that is.
    configuration: { defaultStorageClass: { enabled: false } },
    identity: { serviceAccount: "ebs-csi-controller-sa", policy: "service-role/AmazonEBSCSIDriverPolicy" },
  },
};

/** Add-ons without which no node becomes ready. */
export const BEFORE_NODES: readonly AddonName[] = ["vpc-cni", "eks-pod-identity-agent", "kube-proxy"];
/** Add-ons whose pods need a node. */
export const AFTER_NODES: readonly AddonName[] = ["coredns", "aws-ebs-csi-driver", "metrics-server"];
/** The one that Auto Mode does not bring: without it autoscalers know nothing. */
export const WITH_AUTO_MODE: readonly AddonName[] = ["metrics-server"];

/** Installs add-ons in the versions that are stated for them. */
export function makeAddons(
  parent: ComponentResource,
  names: readonly AddonName[],
  args: AddonsArgs,
  needs: readonly Resource[],
): Addon[] {
  return names.map((addon) => {
    const name = `${args.cluster}-${addon}`;
    const { configuration, identity } = SETTINGS[addon] ?? {};
    const rights =
      identity === undefined
        ? undefined
        : addonRole(parent, name, managedPolicy(args.partition, identity.policy));
    return new Addon(
      name,
      {
        clusterName: args.clusterName,
        addonName: addon,
        // Versions are stated for one Kubernetes; for another, AWS takes what it goes with.
        ...(args.version === EKS_VERSION ? { addonVersion: EKS_ADDONS[addon] } : {}),
        ...(configuration === undefined ? {} : { configurationValues: JSON.stringify(configuration) }),
        ...(identity === undefined || rights === undefined
          ? {}
          : {
              podIdentityAssociations: [
                { serviceAccount: identity.serviceAccount, roleArn: rights.role.arn },
              ],
            }),
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
      },
      {
        parent,
        dependsOn: [...needs, ...(rights?.grants ?? [])],
        customTimeouts: { create: "20m", update: "20m" },
      },
    );
  });
}
