import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { haproxyConfiguration } from "../../components/clusters/load-balancer/haproxy.ts";
import {
  LoadBalancer,
  type LoadBalancerArgs,
} from "../../components/clusters/load-balancer/load-balancer.ts";
import { loadBalancerUserData } from "../../components/clusters/load-balancer/user-data.ts";
import { make } from "./support.ts";

const frontends = [
  { name: "shop", port: 80, servers: [{ name: "worker-1", address: "10.0.1.11", port: 30080 }] },
];
const standby = {
  virtualAddress: "10.0.1.10/24",
  nodes: [{ address: "10.0.1.8" }, { address: "10.0.1.9" }],
};

const outputs = async (args: LoadBalancerArgs) => {
  const known = Promise.withResolvers<{ configuration: string; userData: string[] }>();
  await make(() => {
    const { configuration, userData } = new LoadBalancer("edge", args);
    pulumi.all([configuration, userData]).apply(([text, machines]) => {
      known.resolve({ configuration: text, userData: machines });
    });
  });
  return known.promise;
};

test("says what one machine has to be given", async () => {
  expect(await outputs({ frontends: pulumi.output(frontends) })).toEqual({
    configuration: haproxyConfiguration({ frontends }),
    userData: [loadBalancerUserData({ frontends })],
  });
});

test("says what each machine of a pair has to be given, the preferred one first", async () => {
  const { userData } = await outputs({ frontends, standby });
  expect(userData).toEqual([
    loadBalancerUserData({ frontends, standby }, 0),
    loadBalancerUserData({ frontends, standby }, 1),
  ]);
  expect(userData[0]).not.toBe(userData[1]);
});
