import * as pulumi from "@pulumi/pulumi";
import type { VmClusterArgs } from "./args.ts";
import { checkCluster } from "./check.ts";
import { administratorConfig } from "./identity.ts";
import { agentUserData, serverUserData } from "./user-data.ts";

/**
 * A Kubernetes (k3s) on virtual machines, wherever they are. It makes no machine: it says what machines with cloud-init
 * have to be given to become the cluster, and how it is then reached; nobody has to log in anywhere to find that out.
 *
 * @example
 * const cluster = new VmCluster("edge", {
 *   secret: keys.password("cluster"),
 *   address: "10.0.1.10",
 *   servers: ["10.0.1.21", "10.0.1.22", "10.0.1.23"],
 *   nodeCidr: "10.0.1.0/24",
 * });
 * export const { serverUserData, agentUserData, kubeconfig } = cluster;
 */
export class VmCluster extends pulumi.ComponentResource {
  /** The administrator's kubeconfig; a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** User data for each server, in the order of their addresses; a secret. */
  readonly serverUserData: pulumi.Output<string[]>;
  /** User data for every agent, of which there may be any number; a secret. */
  readonly agentUserData: pulumi.Output<string>;

  constructor(name: string, args: VmClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tradestack:index:VmCluster", name, args, opts);
    const cluster = pulumi.secret(pulumi.output(args)).apply((known) => checkCluster(name, known));
    this.kubeconfig = cluster.apply((known) => administratorConfig(known, new Date()));
    this.serverUserData = cluster.apply((known) =>
      known.servers.map((_, index) => serverUserData(known, index)),
    );
    this.agentUserData = cluster.apply(agentUserData);
    this.registerOutputs({
      kubeconfig: this.kubeconfig,
      serverUserData: this.serverUserData,
      agentUserData: this.agentUserData,
    });
  }
}
