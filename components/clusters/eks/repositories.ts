import type { ComponentResource } from "@pulumi/pulumi";
import { LifecyclePolicy, Repository } from "../../aws.ts";
import { transformed } from "../../transform.ts";
import type { EksTransforms } from "./args.ts";
import { domainOf } from "./zones.ts";

/** Images of a service that are kept to roll back to. */
const KEPT_IMAGES = 50;
/** Days after which what no tag names is removed. */
const UNTAGGED_DAYS = 7;

/**
 * Where the images of a cluster are pushed and pulled, without an image's own name.
 *
 * @example registryOf("shop", "eu-central-1", "123456789012") // "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop"
 */
export function registryOf(cluster: string, region: string, account: string): string {
  return `${account}.dkr.ecr.${region}.${domainOf(region)}/${cluster}`;
}

/** What is removed from a repository by and by. */
export function lifecyclePolicy(): string {
  const rule = (rulePriority: number, description: string, selection: object) => ({
    rulePriority,
    description,
    selection,
    action: { type: "expire" },
  });
  return JSON.stringify({
    rules: [
      rule(1, "What no tag names is what an interrupted push left", {
        tagStatus: "untagged",
        countType: "sinceImagePushed",
        countUnit: "days",
        countNumber: UNTAGGED_DAYS,
      }),
      rule(2, "Enough to roll back to", {
        tagStatus: "any",
        countType: "imageCountMoreThan",
        countNumber: KEPT_IMAGES,
      }),
    ],
  });
}

/** A repository for each image. A tag stands for one content for ever, and what is pushed is searched for flaws. */
export function makeRepositories(
  parent: ComponentResource,
  cluster: string,
  names: readonly string[],
  transform: EksTransforms,
): Repository[] {
  return names.map((name) => {
    const repository = new Repository(
      `${cluster}-${name}`,
      transformed(
        {
          name: `${cluster}/${name}`,
          imageTagMutability: "IMMUTABLE",
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations: [{ encryptionType: "KMS" }],
        },
        transform.repository,
      ),
      { parent },
    );
    new LifecyclePolicy(
      `${cluster}-${name}`,
      { repository: repository.name, policy: lifecyclePolicy() },
      { parent },
    );
    return repository;
  });
}
