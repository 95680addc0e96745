import { type CloudResource, cloudTitle, type Rule } from "../rule.ts";

/** The flags by which each kind of store is told to encrypt. Brokers of Amazon MQ always do. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "aws:rds/instance:Instance": ["storageEncrypted"],
  "aws:rds/cluster:Cluster": ["storageEncrypted"],
  "aws:docdb/cluster:Cluster": ["storageEncrypted"],
  "aws:elasticache/replicationGroup:ReplicationGroup": [
    "atRestEncryptionEnabled",
    "transitEncryptionEnabled",
  ],
};

/** Orders, addresses and ledgers are in there. */
export const awsEncryptedDatabases: Rule = {
  name: "aws-encrypted-databases",
  description: "Databases and caches on AWS are encrypted where they are stored, caches on their way, too.",
  enforcement: "mandatory",
  scope: "resource",
  check: ({ resources }) => resources.filter((resource) => !isReplica(resource)).flatMap(checkResource),
};

/** A read replica is as encrypted as what it replicates. */
const isReplica = ({ inputs }: CloudResource): boolean => inputs.replicateSourceDb !== undefined;

function checkResource(resource: CloudResource) {
  return (FLAGS[resource.type] ?? [])
    .filter((flag) => resource.inputs[flag] !== true && resource.inputs[flag] !== null)
    .map((flag) => ({
      resource: cloudTitle(resource),
      path: flag,
      message: `the data can be read by whoever gets hold of it; set ${flag}: true when it is made, for it cannot be changed later`,
    }));
}
