import * as pulumi from "@pulumi/pulumi";
import { PodIdentityAssociation } from "../../aws.ts";
import { type ChildOptions, childOptions } from "../../child-transforms.ts";
import type { PodIdentityArgs } from "./args.ts";
import { trust } from "./policies.ts";
import { makeRole } from "./role.ts";

/** Who takes the role on behalf of a pod. */
const PODS = "pods.eks.amazonaws.com";

/** Options of an {@link EksPodIdentity} in TypeScript programs. */
export type EksPodIdentityOptions = ChildOptions<"role">;

/**
 * Rights of a service account of a cluster towards AWS, without any key: a pod with this account is given credentials
 * that end by themselves.
 *
 * @example
 * new EksPodIdentity("backup", {
 *   clusterName: cluster.clusterName, namespace: "shop", serviceAccount: "backup", policy: writeToBucket,
 * });
 */
export class EksPodIdentity extends pulumi.ComponentResource {
  /** ARN of the role. */
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: PodIdentityArgs, options?: EksPodIdentityOptions) {
    super("tradestack:index:EksPodIdentity", name, args, childOptions(options));
    const { role, grants } = makeRole(this, name, {
      description: `Rights of the pods of ${name}`,
      trust: trust(PODS, { sessionTags: true }),
      managed: args.managedPolicies ?? [],
      ...(args.policy === undefined ? {} : { policy: args.policy }),
    });
    new PodIdentityAssociation(
      `${name}-identity`,
      {
        clusterName: args.clusterName,
        namespace: args.namespace,
        serviceAccount: args.serviceAccount,
        roleArn: role.arn,
      },
      { parent: this, dependsOn: grants },
    );
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

/** A role that pods may take, for an add-on, which makes the association itself. */
export function addonRole(parent: pulumi.ComponentResource, name: string, policy: string) {
  return makeRole(parent, name, {
    description: `Rights of the add-on ${name}`,
    trust: trust(PODS, { sessionTags: true }),
    managed: [policy],
  });
}
