import * as pulumi from "@pulumi/pulumi";
import {
  Bucket,
  BucketEncryption,
  BucketLifecycle,
  BucketPolicy,
  BucketPublicAccessBlock,
  BucketVersioning,
  Key,
} from "../aws.ts";
import { type ChildOptions, childOptions } from "../child-transforms.ts";
import { bucketTlsPolicy } from "../clusters/eks/policies.ts";

/** What a {@link BackupBucket} is made from. */
export interface BackupBucketArgs {
  /**
   * Name of the bucket, which nobody else in the world may have.
   *
   * @example "example-shop-backups"
   */
  bucket: string;
  /**
   * Part of AWS that it is in.
   *
   * @default "aws"
   */
  partition?: string;
  /**
   * Days that what was overwritten or deleted can still be had back.
   *
   * @default 30
   */
  recoveryDays?: number;
}

/** Options of a {@link BackupBucket} in TypeScript programs. */
export type BackupBucketOptions = ChildOptions<"bucket" | "bucketLifecycle" | "key">;

/**
 * A bucket for backups: encrypted by a key of its own, closed to the public for good, reached over TLS only. What is
 * deleted can be had back for some time.
 *
 * @example new BackupBucket("shop-backups", { bucket: "example-shop-backups" }, { provider: aws })
 */
export class BackupBucket extends pulumi.ComponentResource {
  /** Name of the bucket, known once backups can go there. */
  readonly bucket: pulumi.Output<string>;
  /** ARN of the key that it is encrypted by, which whoever writes and reads has to be let use. */
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: BackupBucketArgs, options?: BackupBucketOptions) {
    super("tradestack:index:BackupBucket", name, args, childOptions(options));
    const child = { parent: this };
    const key = new Key(
      `${name}-key`,
      { description: `Backups in ${args.bucket}`, enableKeyRotation: true, deletionWindowInDays: 30 },
      { parent: this, retainOnDelete: true },
    );
    // Backups outlive what they are of.
    const made = new Bucket(
      name,
      { bucket: args.bucket },
      { parent: this, retainOnDelete: true, protect: true },
    );
    const bucket = made.bucket;
    const ready: pulumi.Resource[] = [
      new BucketPublicAccessBlock(
        `${name}-block`,
        {
          bucket,
          blockPublicAcls: true,
          blockPublicPolicy: true,
          ignorePublicAcls: true,
          restrictPublicBuckets: true,
        },
        child,
      ),
      new BucketVersioning(
        `${name}-versions`,
        { bucket, versioningConfiguration: { status: "Enabled" } },
        child,
      ),
      new BucketEncryption(
        `${name}-encryption`,
        {
          bucket,
          rules: [
            {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
              bucketKeyEnabled: true,
            },
          ],
        },
        child,
      ),
      new BucketPolicy(
        `${name}-policy`,
        { bucket, policy: bucketTlsPolicy(args.partition ?? "aws", args.bucket) },
        child,
      ),
    ];
    new BucketLifecycle(
      `${name}-lifecycle`,
      {
        bucket,
        rules: [
          {
            id: "what-was-deleted",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays: args.recoveryDays ?? 30 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      child,
    );
    this.bucket = pulumi
      .all([bucket, ...ready.map(({ urn }) => urn)])
      .apply(([known]) => known ?? args.bucket);
    this.keyArn = key.arn;
    this.registerOutputs({ bucket: this.bucket, keyArn: this.keyArn });
  }
}
