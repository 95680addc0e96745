import type { BalancerConfiguration, FrontendArgs, ServerArgs } from "../load-balancer/args.ts";
import { API_PORT } from "./port.ts";

/** The machines that are behind a load balancer, and those that are one. */
export interface BalancedMachines {
  /** Where clients and machines reach the cluster. */
  readonly address: string;
  /** Addresses of the servers. */
  readonly servers: readonly string[];
  /** Addresses of the machines that pods run on. */
  readonly workers: readonly string[];
  /** Addresses of the load balancers: one, or an active-standby pair. */
  readonly balancers: readonly string[];
  /** The machines' network. */
  readonly nodeCidr: string;
}

/**
 * The load balancer of a cluster on virtual machines: the API goes to servers, the web to the ingress controller, which
 * k3s has on ports 80 and 443 of every machine that runs pods. It is given the encrypted bytes as they are.
 *
 * @param machines As they are known; they are checked where the load balancer is rendered.
 */
export function clusterBalancer(machines: BalancedMachines): BalancerConfiguration {
  const { address, balancers, nodeCidr } = machines;
  return {
    frontends: [
      passedOn("kubernetes", API_PORT, named("server", machines.servers, API_PORT)),
      passedOn("http", 80, named("worker", machines.workers, 80)),
      passedOn("https", 443, named("worker", machines.workers, 443)),
    ],
    ...(balancers.length < 2
      ? {}
      : {
          standby: {
            virtualAddress: `${address}/${nodeCidr.split("/").at(-1)}`,
            nodes: balancers.map((own) => ({ address: own })),
          },
        }),
  };
}

/** Connections that last, as those to an API do, go to whoever has the fewest. */
function passedOn(name: string, port: number, servers: ServerArgs[]): FrontendArgs {
  return { name, port, mode: "tcp", balance: "leastconn", servers };
}

function named(what: string, addresses: readonly string[], port: number): ServerArgs[] {
  return addresses.map((address, index) => ({ name: `${what}-${index + 1}`, address, port }));
}
