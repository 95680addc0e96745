import { services } from "../services/index.ts";
import { Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import { failures, reportLoad } from "./report/load.ts";
import type { Mark } from "./report/plot.ts";
import type { Drill, Stage } from "./runner/drill.ts";

/** Requests a second, of which one in ten is an order. */
const RATE = 40;
/** Seconds that a rollout may take. */
const PATIENCE = 300;
/** The service that gets a bad version: nothing is bought without it. */
const VICTIM = "order";
/** Seconds for which the bad version is tried. */
const BAD_SECONDS = 30;
/** A version that starts and never becomes ready, because it finds no database. */
const BAD = "DATABASE_URL_FILE=/nowhere";

/** Every service is replaced while people shop; then one gets a version that does not work. */
export const rollout: Drill = {
  name: "rollout",
  summary: `Every service rolled one after another, then a bad version of ${VICTIM}, under ${RATE} requests a second: none fails.`,
  async hold({ platform, findings, repairs, random, signal, say }: Stage) {
    const { cluster, namespace } = platform;
    const traffic = await Traffic.prepare({ platform, repairs, random });
    const send = (index: number) => traffic.send(index);
    const marks: Mark[] = [];
    const rolled = await underLoad(RATE, send, signal, async (load) => {
      await load.goOn(5);
      for (const { name } of services) {
        const started = performance.now();
        marks.push({ at: load.seconds(), label: name });
        await cluster.kubectl("rollout", "restart", `deployment/${name}`, `--namespace=${namespace}`);
        await cluster.rolledOut(namespace, name, PATIENCE);
        signal.throwIfAborted();
        say(`${name} rolled in ${((performance.now() - started) / 1000).toFixed(0)} s`);
      }
      // The last old pods finish what they have.
      await load.goOn(10);
    });
    reportLoad(findings, rolled, { rate: RATE, marks, name: "rollout" });
    findings.exactly("requests that failed while every service was rolled", failures(rolled), 0);

    const variable = BAD.split("=", 1)[0] ?? "";
    const before = await revision(cluster.kubectl.bind(cluster), namespace);
    const undo = repairs.owe(`${VICTIM} is its version of before`, async () => {
      if ((await revision(cluster.kubectl.bind(cluster), namespace)) === before) return;
      await cluster.kubectl("rollout", "undo", `deployment/${VICTIM}`, `--namespace=${namespace}`);
      await cluster.rolledOut(namespace, VICTIM, PATIENCE);
    });
    const badMarks: Mark[] = [];
    const bad = await underLoad(RATE, send, signal, async (load) => {
      await load.goOn(5);
      badMarks.push({ at: load.seconds(), label: `bad version of ${VICTIM}` });
      await cluster.kubectl("set", "env", `--namespace=${namespace}`, `deployment/${VICTIM}`, BAD);
      say(`${VICTIM} gets a version that finds no database (${variable})`);
      await load.goOn(BAD_SECONDS);
      badMarks.push({ at: load.seconds(), label: "taken back" });
      const started = performance.now();
      await undo.settle();
      findings.figure(`the bad version was taken back within`, (performance.now() - started) / 1000, "s");
      await load.goOn(10);
    });
    reportLoad(findings, bad, { rate: RATE, marks: badMarks, name: "bad-version" });
    findings.exactly("requests that failed while a bad version was tried and taken back", failures(bad), 0);
  },
};

type Kubectl = (...args: readonly string[]) => Promise<string>;

/** Which version a deployment is at: the checksum of its pod template, as its newest ReplicaSet is named by it. */
async function revision(kubectl: Kubectl, namespace: string): Promise<string> {
  const path = "--output=jsonpath={.spec.template.spec.containers[0].env}";
  return kubectl("get", "deployment", VICTIM, `--namespace=${namespace}`, path);
}
