/** How a node's network is joined to that of the machine, or of the first node. */

import { type Layout, network } from "./layout.ts";

type Command = readonly string[];

const words = (command: string): string[] => command.split(" ");

/** Commands on the machine that join the first node to it. `{pid}` stands for a process of the node. */
export function linkOnMachine({ addresses, root }: Layout): Command[] {
  const { machineInterface: name, linkOnMachine, linkOnNode, podSubnet } = addresses;
  return [
    words(`ip link add ${name} type veth peer name ${network.nodeInterface} netns {pid}`),
    [...words(`ip link set ${name} alias`), root], // whose it is, for whoever finds it
    words(`ip address add ${linkOnMachine}/30 dev ${name}`),
    words(`ip link set ${name} up`),
    words(`ip route add ${podSubnet} via ${linkOnNode}`),
  ];
}

/** Commands in the first node for its end of the link to the machine. */
export function linkOnFirstNode({ addresses }: Layout): Command[] {
  const { linkOnMachine, linkOnNode, node } = addresses;
  const name = network.nodeInterface;
  return [
    ...settings(),
    words(`ip address add ${linkOnNode}/30 dev ${name}`),
    words(`ip address add ${node}/32 dev ${name}`),
    words(`ip link set ${name} up`),
    // A service's address needs a route for kube-proxy to turn it into a pod's. What it does not turn is dropped at
    // the link: a client that is early tries again, where an unreachable network would have been final.
    words(`ip route add ${network.serviceSubnet} via ${linkOnMachine} src ${node}`),
  ];
}

/**
 * The link takes packets from the machine itself alone, not those it forwards for others, and nothing in the nodes
 * opens a connection through it. There is no default route, so the rest of the world does not exist in here.
 * In table mangle, since kube-proxy lets packets pass at the head of table filter.
 */
export function firewall({ addresses }: Layout): Command[] {
  const link = network.nodeInterface;
  return [
    words(`iptables -t mangle -A PREROUTING -i ${link} ! -s ${addresses.linkOnMachine} -j DROP`),
    words(`iptables -t mangle -A POSTROUTING -o ${link} -m conntrack --ctstate NEW -j DROP`),
  ];
}

/**
 * Commands on the machine that join a further node to the first one. The machine has no part in the link: both its
 * ends are in the nodes' networks, and it goes with either of them.
 *
 * @param firstPid A process of the first node. `{pid}` stands for one of the further node.
 */
export function linkToFirstNode({ index, addresses }: Layout, firstPid: number): Command[] {
  const name = `node${index}`;
  const inFirst = (command: string) => words(`nsenter --target ${firstPid} --net ${command}`);
  return [
    // The kernel may take its time with the link of a node that was killed a moment ago.
    [...words(`nsenter --target ${firstPid} --net sh -c`), `ip link delete ${name} 2>/dev/null || true`],
    inFirst(`ip link add ${name} type veth peer name ${network.furtherInterface} netns {pid}`),
    // So that what the first node sends into a pod comes from its own address rather than from that of another link.
    inFirst(`ip address add ${addresses.api}/32 dev ${name}`),
    inFirst(`ip link set ${name} up`),
    inFirst(
      `ip route add ${addresses.podSubnet} via ${addresses.node} dev ${name} onlink src ${addresses.api}`,
    ),
  ];
}

/** Commands in a further node for its end of the link to the first, by which it reaches all the others, too. */
export function linkOnFurtherNode({ addresses }: Layout): Command[] {
  const { api, cluster, node, podSubnet } = addresses;
  const name = network.furtherInterface;
  const byFirst = `via ${api} dev ${name} onlink src ${node}`;
  return [
    ...settings(),
    words(`ip address add ${node}/32 dev ${name}`),
    words(`ip link set ${name} up`),
    words(`ip route add ${cluster} ${byFirst}`),
    words(`ip route add ${network.serviceSubnet} ${byFirst}`),
    // An address of its own that no pod has is nowhere else: the first node would send it back.
    words(`ip route add blackhole ${podSubnet}`),
  ];
}

function settings(): Command[] {
  const set = (path: string, value: string) => [
    ...["sh", "-c", `if [ -e /proc/sys/${path} ]; then echo ${value} > /proc/sys/${path}; fi`],
  ];
  return [
    set("net/ipv6/conf/all/disable_ipv6", "1"),
    set("net/ipv4/ip_forward", "1"),
    // Killed programs leave connections behind that nobody answers; they would hold the network for minutes.
    set("net/ipv4/tcp_orphan_retries", "2"),
    words("ip link set lo up"),
  ];
}
