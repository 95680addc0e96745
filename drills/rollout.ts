import { services } from "../services/index.ts";
import { Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import type { Cluster } from "./platform/cluster.ts";
import { bringUp, layOutVersion, SPOILT, spoil, type Update } from "./platform/versions.ts";
import { failures, reportLoad } from "./report/load.ts";
import type { Mark } from "./report/plot.ts";
import type { Drill, Stage } from "./runner/drill.ts";

/** Requests a second, of which one in ten is an order. */
const RATE = 40;
/** Seconds that a rollout may take. */
const PATIENCE = 300;
/** The service that gets a bad version: nothing is bought without it. */
const VICTIM = "order";
/** One of its settings that is a number, and is none in the bad version. */
const BAD_SETTING = "RESERVATION_SECONDS";

/** Every service is replaced while people shop; then one gets a version that does not start, and is rid of it by itself. */
export const rollout: Drill = {
  name: "rollout",
  summary: `Every service rolled one after another, then a bad version of ${VICTIM} that is taken back by itself, under ${RATE} requests a second: none fails.`,
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

    const isSpoilt = async () => (await variablesOf(cluster, namespace)).includes(SPOILT);
    const head = layOutVersion("HEAD", { repairs });
    spoil(head, platform.stack, VICTIM, BAD_SETTING);
    repairs.owe(`${VICTIM} is its version of before`, async () => {
      if (!(await isSpoilt())) return;
      await cluster.kubectl("rollout", "undo", `deployment/${VICTIM}`, `--namespace=${namespace}`);
      await cluster.rolledOut(namespace, VICTIM, PATIENCE);
    });
    const badMarks: Mark[] = [];
    let update: Update = { code: 0, seconds: 0, why: "" };
    const bad = await underLoad(RATE, send, signal, async (load) => {
      await load.goOn(5);
      badMarks.push({ at: load.seconds(), label: `npm run up, with a bad ${VICTIM}` });
      say(`${VICTIM} gets a version that does not start`);
      update = await bringUp(platform, head.directory, signal);
      badMarks.push({ at: load.seconds(), label: "up has ended" });
      say(`up ended with ${update.code}: ${update.why}`);
      await load.goOn(10);
    });
    reportLoad(findings, bad, { rate: RATE, marks: badMarks, name: "bad-version" });
    findings.exactly("requests that failed while a bad version was tried and taken back", failures(bad), 0);
    findings.figure("the bad version was found out and taken back within", update.seconds, "s");
    findings.note(`up: ${update.why}`);
    findings.exactly("exit code of the update with a bad version", update.code, 1);
    findings.exactly("services left with the bad version", (await isSpoilt()) ? 1 : 0, 0);
  },
};

/** The settings that the victim's pods are made with. */
const variablesOf = (cluster: Cluster, namespace: string): Promise<string> =>
  cluster.kubectl(
    "get",
    "deployment",
    VICTIM,
    `--namespace=${namespace}`,
    "--output=jsonpath={.spec.template.spec.containers[0].env}",
  );
