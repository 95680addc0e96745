import { availableParallelism, totalmem } from "node:os";
import type { ClusterTarget } from "../../settings/cluster.ts";
import { PlanError } from "../error.ts";
import type { NodePool } from "../simulation/nodes.ts";
import { type NodeType, nodeType, type Prices } from "../tables/prices.ts";

/** What was said about nodes on the command line. */
export interface NodeChoice {
  /** Kind of node, by its name in the table of prices. */
  readonly type: string | undefined;
  /** Most nodes. */
  readonly most: number | undefined;
}

/** The nodes that a plan is made with. */
export interface PlannedNodes {
  readonly pool: NodePool;
  readonly type: NodeType;
  /** Price of an hour of what is there besides the nodes. */
  readonly controlPlaneHourly: number;
  /** Whether neither the stack nor the command line names the kind of node. */
  readonly isAssumed: boolean;
}

/** Seconds from the order of a cloud's instance until pods run on it. */
const INSTANCE_START = 90;
/** Nodes that a group may have at the most where nobody says. */
const MOST_NODES = 1000;
/** Pods of a node, as kubelet has it by default, and what the sandbox's node keeps for Kubernetes itself. */
const SANDBOX = { pods: 110, reservedCpu: 0.2, reservedMemory: 2 ** 30 };

/**
 * The nodes of a stack's cluster: those that it names, else those of the command line, else the price table's default.
 *
 * @param place What messages call the stack's cluster.
 * @throws {PlanError} for a kind of node that has no price.
 */
export function plannedNodes(
  cluster: ClusterTarget,
  prices: Prices,
  choice: NodeChoice,
  place: string,
): PlannedNodes {
  if (cluster.kind === "sandbox" && choice.type === undefined) return thisMachine(choice.most);
  const said = nodesOf(cluster);
  const named = choice.type ?? said.type;
  const type = nodeType(prices, named ?? prices.default);
  const { min } = said;
  const max = choice.most ?? said.max;
  if (max < min) {
    throw new PlanError(
      `${place}: ${max} nodes at the most are fewer than the ${min} that are always there; raise --max-nodes`,
    );
  }
  return {
    type,
    pool: { allocatable: type.allocatable, pods: type.pods, min, max, startSeconds: INSTANCE_START },
    controlPlaneHourly: cluster.kind === "eks" ? prices.controlPlaneHourly : 0,
    isAssumed: named === undefined,
  };
}

/** What a stack says about its nodes. */
function nodesOf(cluster: ClusterTarget): {
  readonly type?: string | undefined;
  readonly min: number;
  readonly max: number;
} {
  if (cluster.kind === "vm") {
    // Machines are there, or are not: nothing adds one.
    const machines = (cluster.balanced?.workers ?? cluster.args.servers).length;
    return { min: machines, max: machines };
  }
  const [group] = (cluster.kind === "eks" && cluster.args.nodeGroups) || [];
  if (group === undefined) return { min: 1, max: MOST_NODES };
  return { type: group.instanceTypes[0], min: group.min, max: group.max };
}

function thisMachine(most = 1): PlannedNodes {
  const { pods, reservedCpu, reservedMemory } = SANDBOX;
  const allocatable = {
    cpu: availableParallelism() - reservedCpu,
    memory: totalmem() - reservedMemory,
  };
  return {
    type: { name: "this machine", allocatable, pods, hourly: 0 },
    pool: { allocatable, pods, min: 1, max: most, startSeconds: INSTANCE_START },
    controlPlaneHourly: 0,
    isAssumed: false,
  };
}
