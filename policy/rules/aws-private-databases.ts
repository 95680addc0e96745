import { cloudTitle, type Rule } from "../rule.ts";

/** Stores that can be given a public address. */
const STORES = new Set([
  "aws:rds/instance:Instance",
  "aws:rds/clusterInstance:ClusterInstance",
  "aws:mq/broker:Broker",
  "aws:redshift/cluster:Cluster",
]);

/** Only the services speak to their stores, and they are in the same network. */
export const awsPrivateDatabases: Rule = {
  name: "aws-private-databases",
  description: "Databases and brokers on AWS have no public address.",
  enforcement: "mandatory",
  scope: "resource",
  check: ({ resources }) =>
    resources
      .filter(({ type, inputs }) => STORES.has(type) && inputs.publiclyAccessible === true)
      .map((resource) => ({
        resource: cloudTitle(resource),
        path: "publiclyAccessible",
        message: "the internet can reach it; set publiclyAccessible: false, and come in through the VPC",
      })),
};
