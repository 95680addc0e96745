import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { checkCluster } from "../../components/clusters/vm/check.ts";
import { agentUserData, serverUserData } from "../../components/clusters/vm/user-data.ts";
import { VmCluster } from "../../components/clusters/vm/vm-cluster.ts";
import { derivePassword, KeyRing } from "../../components/credentials.ts";
import { untilReady } from "../../vm.ts";
import { make } from "./support.ts";

const MASTER_KEY = Buffer.alloc(32, 9).toString("base64");
const machines = { address: "10.0.1.21", servers: ["10.0.1.21"], nodeCidr: "10.0.1.0/24" };

test("says what machines have to be given, as secrets", async () => {
  const { promise, resolve } = Promise.withResolvers<{ value: unknown; secret: boolean }>();
  await make(() => {
    const { serverUserData: servers, agentUserData: agent } = new VmCluster("edge", {
      ...machines,
      secret: new KeyRing(MASTER_KEY).password("cluster"),
    });
    const all = pulumi.all([servers, agent]);
    all.apply(async (value) => resolve({ value, secret: await pulumi.isSecret(all) }));
  });
  const known = checkCluster("edge", { ...machines, secret: derivePassword(MASTER_KEY, "cluster") });
  expect(await promise).toEqual({ value: [[serverUserData(known, 0)], agentUserData(known)], secret: true });
});

test("a cluster that is not there is told with what to do", async () => {
  const kubeconfig = JSON.stringify({
    clusters: [{ cluster: { server: "https://127.0.0.1:1" } }],
    users: [],
  });
  const told: string[] = [];
  await expect(
    untilReady("edge", kubeconfig, "start its machines", 0, (line) => told.push(line)),
  ).rejects.toThrow(
    /^cluster "edge" does not answer at https:\/\/127\.0\.0\.1:1 \(.*ECONNREFUSED.*\); start its machines, then deploy again$/,
  );
  expect(told).toEqual([expect.stringMatching(/^waiting up to 0 s for cluster "edge"/)]);
});
