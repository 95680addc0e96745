import { longestGap, secondsToRecovery } from "./load/statistics.ts";
import { isFailure, Traffic } from "./load/traffic.ts";
import { type RunningLoad, underLoad } from "./load/under-load.ts";
import { Auditor } from "./platform/books.ts";
import { withoutReturn } from "./platform/faults.ts";
import { redisPrimary } from "./platform/parts.ts";
import { failures, reportLoad } from "./report/load.ts";
import type { Mark } from "./report/plot.ts";
import { type Drill, NotApplicableError, type Stage } from "./runner/drill.ts";

/** Seconds before something is killed, so that what is normal is known. */
const BEFORE = 5;
/** Carts changed a second, and orders a second, while stores are lost. */
const CART_RATE = 20;
const ORDER_RATE = 5;
/** Milliseconds after which an answer is late. */
const SLOW = 1000;

/** Stores are lost one after the other; each has to come back by itself, without a lost word. */
export const failover: Drill = {
  name: "failover",
  summary:
    "The Redis primary, PostgreSQL and RabbitMQ killed under load: back by themselves, no cart, order or event lost.",
  async hold(stage: Stage) {
    const struck = [await losesRedis(stage), await losesPostgres(stage), await losesBroker(stage)];
    if (!struck.includes(true))
      throw new NotApplicableError("no store runs in the namespace of this platform");
  },
};

/** The machine of the Redis primary is lost: its pod stays away, and a replica takes its place. */
async function losesRedis({ platform, findings, repairs, random, signal, say }: Stage): Promise<boolean> {
  const { cluster, namespace } = platform;
  if ((await cluster.podsOf(namespace, "redis")).length <= 1) return false;
  const traffic = await Traffic.prepare({ platform, repairs, random }, ["cart"]);
  const primary = await redisPrimary(platform);
  const marks: Mark[] = [];
  let killedAt = 0;
  const arrivals = await underLoad(
    CART_RATE,
    (index) => traffic.send(index),
    signal,
    async (load) => {
      await load.goOn(BEFORE);
      const away = await withoutReturn(platform, repairs, primary);
      killedAt = await killing(load, primary);
      await load.goOn(20);
      await away.settle();
      marks.push({ at: load.seconds(), label: "it may come back" });
      await load.goOn(15);
    },
  );
  async function killing(load: RunningLoad, pod: string): Promise<number> {
    const at = load.now();
    marks.push({ at: load.seconds(), label: `${pod} killed` });
    await cluster.killPod(namespace, pod);
    say(`killed ${pod}, the primary of Redis`);
    return at;
  }
  reportLoad(findings, arrivals, { rate: CART_RATE, marks, name: "redis" });
  const gap = longestGap(arrivals.samples, killedAt, isFailure);
  findings.atMost("Redis primary lost: no cart could be changed for", gap, 5, "s");
  findings.exactly("failures of carts that were no clean 503", unclean(arrivals.outcomes), 0);
  return true;
}

/** The database server dies and comes back on its volume. */
async function losesPostgres({ platform, findings, repairs, random, signal, say }: Stage): Promise<boolean> {
  const { cluster, namespace } = platform;
  const [pod] = await cluster.podsOf(namespace, "postgres");
  if (pod === undefined) return false;
  const traffic = await Traffic.prepare({ platform, repairs, random });
  const auditor = await Auditor.begin(cluster, namespace);
  const marks: Mark[] = [];
  let killedAt = 0;
  const rate = 20;
  const arrivals = await underLoad(
    rate,
    (index) => traffic.send(index),
    signal,
    async (load) => {
      await load.goOn(BEFORE);
      killedAt = load.now();
      marks.push({ at: load.seconds(), label: `${pod} killed` });
      await cluster.killPod(namespace, pod);
      say(`killed ${pod}`);
      await load.goOn(45);
    },
  );
  reportLoad(findings, arrivals, { rate, marks, name: "postgres" });
  findings.exactly("PostgreSQL lost: failures that were no clean 503", unclean(arrivals.outcomes), 0);
  const recovered = secondsToRecovery(arrivals.samples, killedAt, isFailure);
  findings.figure("requests that failed while PostgreSQL was away", failures(arrivals));
  findings.atMost("PostgreSQL lost: nothing failed any more after", recovered, 30, "s");
  await auditor.judge(
    traffic.acknowledged.map(({ id }) => id),
    findings,
    signal,
  );
  findings.exactly("orders of before and after that their buyers do not find", await traffic.lostOrders(), 0);
  return true;
}

/** The broker dies and comes back on its volume; orders do not wait for it, and their events are not lost. */
async function losesBroker({ platform, findings, repairs, random, signal, say }: Stage): Promise<boolean> {
  const { cluster, namespace } = platform;
  const pods = await cluster.podsOf(namespace, "rabbitmq");
  if (pods.length === 0) return false;
  const traffic = await Traffic.prepare({ platform, repairs, random }, ["order"]);
  const auditor = await Auditor.begin(cluster, namespace);
  const marks: Mark[] = [];
  const arrivals = await underLoad(
    ORDER_RATE,
    (index) => traffic.send(index),
    signal,
    async (load) => {
      await load.goOn(BEFORE);
      const pod = random.pick(pods);
      marks.push({ at: load.seconds(), label: `${pod} killed` });
      await cluster.killPod(namespace, pod);
      say(`killed ${pod}`);
      await load.goOn(30);
    },
  );
  reportLoad(findings, arrivals, { rate: ORDER_RATE, marks, name: "broker" });
  findings.exactly("RabbitMQ lost: orders that failed", failures(arrivals), 0);
  const late = arrivals.latencies.filter((latency) => latency > SLOW).length;
  findings.figure(`orders that took more than ${SLOW} ms`, late);
  await auditor.judge(
    traffic.acknowledged.map(({ id }) => id),
    findings,
    signal,
  );
  return true;
}

/** Failures that leave a client alone: anything but a 503 that says when to try again. */
function unclean(outcomes: ReadonlyMap<string, number>): number {
  return [...outcomes].reduce(
    (sum, [outcome, count]) => sum + (isFailure(outcome) && !outcome.endsWith(" 503") ? count : 0),
    0,
  );
}
