import type { ProviderResource } from "@pulumi/pulumi";
import type { RdsSettings } from "../../settings/rds.ts";
import type { EksCluster } from "../clusters/eks/cluster.ts";
import type { PostgresForm } from "../postgres/endpoint.ts";
import { POSTGRES_PORT } from "../postgres/names.ts";
import { RdsPostgres } from "./rds-postgres.ts";

/** What a server at RDS is made beside. */
export interface RdsSurroundings {
  readonly cluster: EksCluster;
  readonly clusterName: string;
  /** Ranges of the cluster's subnets of databases. */
  readonly cidrs: string[];
  /** Authorities that sign certificates of RDS, in PEM. */
  readonly authority: string;
  /** Provider of AWS. */
  readonly aws: ProviderResource;
}

/** PostgreSQL at RDS, in the network of a cluster on EKS. */
export const rdsForm =
  (settings: RdsSettings, { cluster, clusterName, cidrs, authority, aws }: RdsSurroundings): PostgresForm =>
  (name, { namespace, adminPassword, maxConnections }, parent) => {
    const component = new RdsPostgres(
      name,
      {
        ...settings.args,
        identifier: `${clusterName}-${name}`,
        namespace,
        vpcId: cluster.vpcId,
        subnetIds: cluster.dataSubnetIds,
        subnetCidrs: cidrs,
        clientSecurityGroupId: cluster.nodeSecurityGroupId,
        authority,
        adminPassword,
        maxConnections,
      },
      { parent, providers: { aws } },
    );
    return {
      name,
      host: component.host,
      port: POSTGRES_PORT,
      adminUser: "postgres",
      adminSecret: component.adminSecret,
      authority: { secretName: component.authoritySecret, key: "ca.pem" },
      store: { name, ports: [POSTGRES_PORT], cidrs },
      component,
    };
  };
