/** What a stack on EC2 makes before its platform. Loaded only where there is one, with the SDK of AWS. */

import { awsProvider } from "./aws-provider.ts";
import type { Connection } from "./cluster.ts";
import { Ec2VmCluster } from "./components/clusters/vm/ec2/cluster.ts";
import type { KeyRing } from "./components/credentials.ts";
import type { Ec2Target } from "./settings/ec2.ts";
import { SECRET_LABEL } from "./settings/vm.ts";
import type { Settings } from "./settings.ts";
import { imagesFor, whenReady } from "./vm.ts";

/**
 * Makes the machines and what is before them, and waits in an update until they are a cluster.
 *
 * @param changes How the provider of Kubernetes changes what is there.
 */
export function makeEc2(
  { name, args, plan }: Ec2Target,
  settings: Settings,
  keys: KeyRing,
  changes: object,
): Connection {
  const secret = keys.password(SECRET_LABEL);
  const cluster = new Ec2VmCluster(name, { ...args, secret }, { provider: awsProvider(args, settings) });
  const remedy = "deploy from within its network, or from what is connected to it (connectedCidrs)";
  return {
    ...whenReady(name, cluster.kubeconfig, remedy, changes),
    ...imagesFor(plan.architecture, settings),
  };
}
