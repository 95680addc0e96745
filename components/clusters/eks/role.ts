import type { ComponentResource, Input } from "@pulumi/pulumi";
import { Role, RolePolicy, RolePolicyAttachment } from "../../aws.ts";

/** What a role is for and may do. */
export interface RoleArgs {
  readonly description: string;
  /** Trust policy in JSON. */
  readonly trust: string;
  /** ARNs of policies that AWS manages. */
  readonly managed?: readonly string[];
  /** A policy of its own in JSON. */
  readonly policy?: Input<string>;
}

/** A role, and what has to be there before it can be used. */
export interface MadeRole {
  readonly role: Role;
  /** To be named in `dependsOn` of what uses the role. */
  readonly grants: (RolePolicy | RolePolicyAttachment)[];
}

/** Makes a role with exactly these policies. */
export function makeRole(parent: ComponentResource, name: string, args: RoleArgs): MadeRole {
  const child = { parent };
  const role = new Role(
    `${name}-role`,
    { description: args.description, assumeRolePolicy: args.trust },
    child,
  );
  const grants: MadeRole["grants"] = (args.managed ?? []).map(
    (arn) =>
      new RolePolicyAttachment(
        `${name}-${arn.slice(arn.lastIndexOf("/") + 1)}`,
        { role: role.name, policyArn: arn },
        child,
      ),
  );
  if (args.policy !== undefined) {
    grants.push(new RolePolicy(`${name}-policy`, { role: role.name, policy: args.policy }, child));
  }
  return { role, grants };
}
