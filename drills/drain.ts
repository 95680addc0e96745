import { asObject, asObjects, asText } from "../deploy/manifests/manifest.ts";
import { Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import { untilWell } from "./platform/platform.ts";
import { failures, reportLoad } from "./report/load.ts";
import { type Drill, NotApplicableError, type Stage } from "./runner/drill.ts";

const RATE = 30;
/** Seconds that a node may take to be drained, and the platform to be well again. */
const PATIENCE = 300;

/** A node is emptied for maintenance, as an upgrade of the cluster does to one after the other. */
export const drain: Drill = {
  name: "drain",
  summary: `A node cordoned and drained under ${RATE} requests a second, where there is more than one: none fails.`,
  async hold({ platform, findings, repairs, random, signal, say }: Stage) {
    const { cluster, objects, namespace } = platform;
    const nodes = (await cluster.kubectl("get", "nodes", "--output=name")).split("\n");
    const pods = await objects.in(namespace, "v1", "Pod");
    const used = new Set(pods.map(({ spec }) => asText(asObject(spec).nodeName)).filter(Boolean));
    if (nodes.length < 2)
      throw new NotApplicableError("the cluster has one node, and nowhere for its pods to go");
    const node = random.pick([...used].sort());
    const services = pods.filter(
      ({ spec, metadata }) =>
        asText(asObject(spec).nodeName) === node && asObjects(metadata.ownerReferences).length > 0,
    );
    const traffic = await Traffic.prepare({ platform, repairs, random });
    let seconds = Number.NaN;
    const arrivals = await underLoad(
      RATE,
      (index) => traffic.send(index),
      signal,
      async (load) => {
        await load.goOn(5);
        const debt = repairs.owe(`node ${node} takes pods again`, async () => {
          await cluster.kubectl("uncordon", node);
        });
        const started = performance.now();
        say(`draining ${node}, with ${services.length} pods of the platform`);
        const flags = ["--ignore-daemonsets", "--delete-emptydir-data", `--timeout=${PATIENCE}s`];
        await cluster.kubectl("drain", node, ...flags);
        seconds = (performance.now() - started) / 1000;
        await untilWell(platform, PATIENCE, signal);
        await debt.settle();
        await load.goOn(10);
      },
    );
    reportLoad(findings, arrivals, { rate: RATE });
    findings.figure("the node was empty after", seconds, "s");
    findings.exactly("requests that failed", failures(arrivals), 0);
  },
};
