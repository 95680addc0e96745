import { execFileSync } from "node:child_process";
import { ROOT } from "../deploy/stack/read.ts";
import { services } from "../services/index.ts";
import type { Arrivals } from "./load/arrivals.ts";
import { Traffic } from "./load/traffic.ts";
import { underLoad } from "./load/under-load.ts";
import { Auditor } from "./platform/books.ts";
import { type Platform, untilWell } from "./platform/platform.ts";
import { imagesOf, layOutVersion, mustBringUp } from "./platform/versions.ts";
import { failures, reportLoad } from "./report/load.ts";
import { type Drill, NotApplicableError, type Stage } from "./runner/drill.ts";

/** Requests a second, of which one in ten is an order. */
const RATE = 20;
/** Seconds of load before and after each change of version. */
const AROUND = 5;
/** Seconds that the platform has to be well. */
const PATIENCE = 300;

/** The version before takes orders, becomes this one under load, and comes back on the newer schema. */
export const upgrade: Drill = {
  name: "upgrade",
  summary: `The version before, its pods and data, upgraded in place to this one and rolled back, under ${RATE} requests a second: none fails, no order is lost.`,
  async hold(stage: Stage) {
    const { platform, findings, repairs, random, signal, say } = stage;
    const before = layOutVersion(stage.from ?? lastRelease(), stage);
    const short = before.commit.slice(0, 9);
    if (before.otherPackages)
      findings.note(
        `${short} was built with the packages of this checkout, which are not those that it asks for`,
      );
    repairs.owe("this checkout's version runs", async () => {
      await mustBringUp(platform);
    });
    const first = await mustBringUp(platform, before.directory, signal);
    await untilWell(platform, PATIENCE, signal);
    say(`${short} runs, after ${first.toFixed(0)} s`);
    const old = { images: await imagesOf(platform), schema: await schemaOf(platform) };

    const traffic = await Traffic.prepare({ platform, repairs, random });
    const auditor = await Auditor.begin(platform.cluster, platform.namespace);
    const change = async (name: string, directory?: string): Promise<Arrivals> => {
      const arrivals = await underLoad(
        RATE,
        (index) => traffic.send(index),
        signal,
        async (load) => {
          await load.goOn(AROUND);
          const seconds = await mustBringUp(platform, directory, signal);
          say(`${name} after ${seconds.toFixed(0)} s`);
          findings.figure(`${name} took`, seconds, "s");
          await load.goOn(AROUND);
        },
      );
      reportLoad(findings, arrivals, { rate: RATE, name });
      return arrivals;
    };

    const upgraded = await change("upgrade");
    const now = { images: await imagesOf(platform), schema: await schemaOf(platform) };
    const changed = [...now.images].filter(([name, image]) => old.images.get(name) !== image);
    const migrations = now.schema.filter((name) => !old.schema.includes(name));
    findings.figure("services with another image", changed.map(([name]) => name).join(", ") || "none");
    findings.figure("migrations that came with them", migrations.join(", ") || "none");
    findings.atLeast("services that were upgraded", changed.length, 1);
    findings.exactly("requests that failed during the upgrade", failures(upgraded), 0);

    const rolledBack = await change("rollback", before.directory);
    const again = { images: await imagesOf(platform), schema: await schemaOf(platform) };
    const other = [...again.images].filter(([name, image]) => old.images.get(name) !== image);
    const lost = now.schema.filter((name) => !again.schema.includes(name));
    findings.exactly("services that were not rolled back", other.length, 0);
    findings.exactly("migrations that were undone, with the data in them", lost.length, 0);
    findings.exactly("requests that failed during the rollback", failures(rolledBack), 0);

    await auditor.judge(
      traffic.acknowledged.map(({ id }) => id),
      findings,
      signal,
    );
    findings.exactly("acknowledged orders that their buyers do not find", await traffic.lostOrders(), 0);
  },
};

/** The migrations that every service's database has had, as `order: 0001_orders`. */
async function schemaOf({ cluster, namespace }: Platform): Promise<string[]> {
  const databases = services.filter(({ database }) => database !== undefined);
  const lists = await Promise.all(
    databases.map(async ({ name }) => {
      // A service that a version does not have has no database yet.
      const query = "SELECT name FROM schema_migrations ORDER BY name";
      const rows = await cluster.sql(namespace, name, query).catch(() => "");
      return rows
        .split("\n")
        .filter(Boolean)
        .map((migration) => `${name}: ${migration}`);
    }),
  );
  return lists.flat();
}

/** The last tag before this commit. */
function lastRelease(): string {
  try {
    const words = ["describe", "--tags", "--abbrev=0", "HEAD^"];
    return execFileSync("git", words, {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    throw new NotApplicableError(
      "no release is tagged before this commit; name what to begin at with --from REF",
    );
  }
}
