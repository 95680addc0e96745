import { UsageError } from "../../command-line/options.ts";
import { backupName, restoreJobName } from "../../components/backup/names.ts";
import { PLATFORM_SERVER } from "../../components/postgres/names.ts";
import { nearest } from "../../nearest.ts";
import { NotConfirmedError } from "../apply/destroy.ts";
import { InterruptedError } from "../failure.ts";
import type { Objects } from "../kubernetes/objects.ts";
import { asObject, asObjects, asText, type KubernetesObject } from "../manifests/manifest.ts";
import type { Progress } from "../progress/progress.ts";
import type { RestoreArguments } from "./arguments.ts";
import { JobError, runJob } from "./job.ts";
import { type ServicesOptions, startServices, stoppedServices, stopServices } from "./services.ts";

/** What restoring works with. */
export interface RestoreRun {
  readonly asked: RestoreArguments;
  readonly objects: Objects;
  readonly namespace: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly schedulingPatience: number;
  /** Asks a question whose answer is yes or no. */
  readonly confirm: (question: string) => Promise<boolean>;
}

/** A backup that is whole, as the cluster lists it. */
interface Backup {
  readonly id: string;
  readonly databases: readonly string[];
}

/**
 * Does what was asked for.
 *
 * @returns Lines that say how it ended.
 */
export async function runRestore(run: RestoreRun): Promise<string[]> {
  const { asked, progress } = run;
  const cronJob = await cronJobOf(run, asked.action === "backup" ? "backup" : "restore");
  const databases = chosen(asked.databases, cronJob);
  const step = (purpose: string, backup = ""): Promise<string> =>
    runJob(run.objects, cronJob, {
      purpose,
      variables: purpose === "now" ? {} : { ACTION: purpose, BACKUP: backup, DATABASES: databases.join(" ") },
      onNote: (note) => progress.step(`${PLATFORM_SERVER} ${purpose}`, "working", note),
      signal: run.signal,
    });
  switch (asked.action) {
    case "backup":
      return [await step("now")];
    case "list":
      return listed(readBackups(await step("list")));
    case "discard":
      await agreed(run, `Remove the databases that were live before the last restore?`);
      return [await step("discard")];
    case "start": {
      const started = await startServices(databases, servicesOf(run));
      return [started.length === 0 ? "no service was stopped" : `started ${started.join(", ")}`];
    }
    case "undo":
      await agreed(run, `Stop ${databases.join(", ")} and take the restored databases out again?`);
      return exchange("undo", databases, run, step);
    case "restore": {
      const backup = pick(asked.backup, readBackups(await step("list")));
      progress.say(`backup ${backup.id}: ${backup.databases.join(", ")}`);
      progress.say((await step("prepare", backup.id)).trim());
      await agreed(
        run,
        `Stop ${databases.join(", ")} and put what was saved at ${backup.id} in their place?`,
      );
      return exchange("swap", databases, run, step);
    }
  }
}

/** Stops the services, lets their databases change places, and starts the services again. */
async function exchange(
  action: "swap" | "undo",
  databases: readonly string[],
  run: RestoreRun,
  step: (purpose: string) => Promise<string>,
): Promise<string[]> {
  const services = servicesOf(run);
  let outcome: string;
  try {
    await stopServices(databases, services);
    outcome = await step(action);
  } catch (error) {
    if (!(error instanceof JobError) || run.signal.aborted) throw await interrupted(error, databases, run);
    // The databases change places together or not at all: what was live still is.
    await startServices(databases, services);
    throw error;
  }
  try {
    await startServices(databases, services);
  } catch (error) {
    throw await interrupted(error, databases, run);
  }
  const back = action === "swap" ? '"npm run restore -- --undo" goes back, ' : "";
  return [
    outcome,
    `what was live before is kept beside it: ${back}"npm run restore -- --discard" removes it`,
  ];
}

/** What broke off, with the way on where services are still stopped. */
async function interrupted(
  error: unknown,
  databases: readonly string[],
  { asked, objects, namespace }: RestoreRun,
): Promise<unknown> {
  const why = error instanceof Error ? error.message : String(error);
  const stopped = await stoppedServices(databases, { objects, namespace }).catch(() => databases);
  if (stopped.length === 0) return error;
  const again = asked.action === "undo" ? "--undo" : `--backup ${asked.backup}`;
  return new InterruptedError(
    `${why}; ${stopped.join(", ")} ${stopped.length === 1 ? "is" : "are"} still stopped: ` +
      `"npm run restore -- --stack ${asked.stack} ${again}" goes on, ` +
      `"npm run restore -- --stack ${asked.stack} --start" starts with the databases that are live now`,
  );
}

const servicesOf = (run: RestoreRun): ServicesOptions => ({
  ...run,
  onStep: (service, note) => run.progress.step(`deployment/${service}`, stateOf(note), note),
});

const stateOf = (note: string) => (note === "started" ? "ready" : note === "stopped" ? "changed" : "waiting");

async function cronJobOf(
  { objects, namespace }: RestoreRun,
  purpose: "backup" | "restore",
): Promise<KubernetesObject> {
  const name = purpose === "backup" ? backupName(PLATFORM_SERVER) : restoreJobName(PLATFORM_SERVER);
  const metadata = { name, namespace };
  const found = await objects.get({ apiVersion: "batch/v1", kind: "CronJob", metadata });
  if (found !== undefined) return found;
  throw new JobError(
    `nothing in ${namespace} makes or restores backups; set tradestack:backups.to to volume or s3, and bring the stack up`,
  );
}

/** The databases that were asked for, of those that are saved. */
function chosen(asked: readonly string[], cronJob: KubernetesObject): string[] {
  const template = asObject(asObject(asObject(asObject(cronJob.spec).jobTemplate).spec).template);
  const pod = asObject(template.spec);
  const variables = [...asObjects(pod.initContainers), ...asObjects(pod.containers)].flatMap(({ env }) =>
    asObjects(env),
  );
  const known = asText(variables.find(({ name }) => name === "DATABASES")?.value).split(" ");
  for (const name of asked) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    throw new UsageError(
      `--database ${name}: there is none${meant === undefined ? "" : `; did you mean "${meant}"?`} (${known.join(", ")})`,
    );
  }
  return asked.length > 0 ? [...new Set(asked)] : known;
}

/** One backup a line: its time, and its databases. */
export function readBackups(list: string): Backup[] {
  return list
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [id = "", ...databases] = line.split(" ");
      return { id, databases };
    });
}

const listed = (backups: readonly Backup[]): string[] =>
  backups.length === 0
    ? ['there is no backup yet; "npm run restore -- --make" makes one']
    : backups.map(({ id, databases }) => `${id}  ${databases.join(" ")}`);

function pick(asked: string, backups: readonly Backup[]): Backup {
  const found = asked === "latest" ? backups[0] : backups.find(({ id }) => id === asked);
  if (found !== undefined) return found;
  throw new UsageError(
    backups.length === 0
      ? "there is no backup to restore"
      : `--backup ${asked}: there is none; there are ${backups.map(({ id }) => id).join(", ")}`,
  );
}

async function agreed({ asked, confirm }: RestoreRun, question: string): Promise<void> {
  if (asked.yes || (await confirm(question))) return;
  throw new NotConfirmedError("nothing was changed; answer with yes, or give --yes");
}
