import { asText } from "../../deploy/manifests/manifest.ts";
import { type CloudResource, cloudTitle, type Rule, type Violation } from "../rule.ts";

const BUCKETS = new Set(["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"]);
const BLOCKS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const SWITCHES = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** A policy that is written years later must not be able to publish a backup. */
export const awsPrivateBuckets: Rule = {
  name: "aws-private-buckets",
  description: "Each S3 bucket has all four kinds of public access blocked.",
  enforcement: "mandatory",
  scope: "stack",
  check: ({ resources }) => {
    const blocks = resources.filter(({ type }) => type === BLOCKS);
    return resources
      .filter(({ type }) => BUCKETS.has(type))
      .flatMap((bucket) => [...checkAcl(bucket), ...checkBlock(bucket, blocks)]);
  },
};

function checkAcl(bucket: CloudResource): Violation[] {
  const acl = asText(bucket.inputs.acl);
  if (!acl.startsWith("public-")) return [];
  const message = `acl ${acl} publishes the bucket; remove it`;
  return [{ resource: cloudTitle(bucket), path: "acl", message }];
}

/** The block names its bucket by an output, so that it depends on it. */
function checkBlock(bucket: CloudResource, blocks: readonly CloudResource[]): Violation[] {
  const block = blocks.find(({ dependencies }) => dependencies.includes(bucket.urn));
  if (block === undefined) {
    const message = "nothing blocks public access to the bucket; add a BucketPublicAccessBlock for it";
    return [{ resource: cloudTitle(bucket), path: "", message }];
  }
  return SWITCHES.filter((name) => block.inputs[name] !== true && block.inputs[name] !== null).map(
    (name) => ({
      resource: cloudTitle(block),
      path: name,
      message: `public access to bucket "${bucket.name}" is blocked only in part; set ${name}: true`,
    }),
  );
}
