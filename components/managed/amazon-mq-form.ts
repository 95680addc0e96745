import type { ProviderResource } from "@pulumi/pulumi";
import type { AmazonMqSettings } from "../../settings/broker.ts";
import type { EksCluster } from "../clusters/eks/cluster.ts";
import type { BrokerForm } from "../rabbitmq/form.ts";
import { AMQPS_PORT, AmazonMqBroker } from "./amazon-mq-broker.ts";

/** What a broker at Amazon MQ is made beside. */
export interface AmazonMqSurroundings {
  readonly cluster: EksCluster;
  readonly clusterName: string;
  /** Ranges of the cluster's subnets of databases. */
  readonly cidrs: string[];
  /** Provider of AWS. */
  readonly aws: ProviderResource;
}

/** RabbitMQ at Amazon MQ, in the network of a cluster on EKS. */
export const amazonMqForm =
  (settings: AmazonMqSettings, { cluster, clusterName, cidrs, aws }: AmazonMqSurroundings): BrokerForm =>
  (name, args, parent) => {
    const broker = new AmazonMqBroker(
      name,
      {
        ...settings.args,
        ...args,
        identifier: `${clusterName}-${name}`,
        vpcId: cluster.vpcId,
        subnetIds: cluster.dataSubnetIds,
        subnetCidrs: cidrs,
        clientSecurityGroupId: cluster.nodeSecurityGroupId,
      },
      { parent, providers: { aws } },
    );
    return { store: { name, ports: [AMQPS_PORT], cidrs }, urlFile: (user) => broker.urlFile(user) };
  };
