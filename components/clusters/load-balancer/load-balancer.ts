import * as pulumi from "@pulumi/pulumi";
import type { FrontendArgs, StandbyArgs, TimeoutArgs } from "./args.ts";
import { haproxyConfiguration } from "./haproxy.ts";
import { loadBalancerUserData } from "./user-data.ts";

/** What a {@link LoadBalancer} is made from. */
export interface LoadBalancerArgs {
  /** The ports that it listens on, and the servers behind each. */
  frontends: pulumi.Input<FrontendArgs[]>;
  /**
   * How long is waited for whom.
   *
   * @default as each one says
   */
  timeouts?: TimeoutArgs;
  /**
   * Most connections at the same time.
   *
   * @default 20000
   */
  maxConnections?: number;
  /**
   * Port on which Prometheus' metrics (`/metrics`) and its own health (`/healthz`) can be read, on the machine only.
   *
   * @default 8405
   */
  metricsPort?: number;
  /**
   * A second machine that takes over.
   *
   * @default none: one machine
   */
  standby?: pulumi.Input<StandbyArgs>;
}

/**
 * HAProxy in front of virtual machines, on one machine or on an active-standby pair with keepalived. It makes no
 * machine: it says what a machine with cloud-init, wherever it is, has to be given to be the load balancer.
 *
 * @example
 * const balancer = new LoadBalancer("edge", {
 *   frontends: [{
 *     name: "shop", port: 80, balance: "leastconn", health: { path: "/ready" },
 *     servers: [
 *       { name: "worker-1", address: "10.0.1.11", port: 30080, weight: 3 },
 *       { name: "worker-2", address: "10.0.1.12", port: 30080 },
 *     ],
 *   }],
 *   standby: { virtualAddress: "10.0.1.10/24", nodes: [{ address: "10.0.1.8" }, { address: "10.0.1.9" }] },
 * });
 * export const [active, standby] = balancer.userData;
 */
export class LoadBalancer extends pulumi.ComponentResource {
  /** The configuration of HAProxy, for a machine that is not set up by cloud-init. */
  readonly configuration: pulumi.Output<string>;
  /** User data for each machine, the preferred one first. */
  readonly userData: pulumi.Output<string[]>;

  constructor(name: string, args: LoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tradestack:index:LoadBalancer", name, args, opts);
    const known = pulumi.output(args);
    this.configuration = known.apply(haproxyConfiguration);
    this.userData = known.apply((configuration) =>
      configuration.standby === undefined
        ? [loadBalancerUserData(configuration)]
        : [loadBalancerUserData(configuration, 0), loadBalancerUserData(configuration, 1)],
    );
    this.registerOutputs({ configuration: this.configuration, userData: this.userData });
  }
}
