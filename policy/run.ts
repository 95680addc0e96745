import { readDeployment } from "../deploy/stack/wanted.ts";
import { type Arguments, parseArguments, USAGE } from "./arguments.ts";
import { evaluate, isStopped, type Report } from "./evaluate.ts";
import { readManifests } from "./manifests.ts";
import { RULES } from "./rules/index.ts";
import { show } from "./show.ts";
import { judgeStack } from "./stack.ts";

/** What was judged, and what the rules say. */
interface Judgement {
  readonly title: string;
  readonly count: number;
  readonly report: Report;
}

/**
 * Holds a stack, or files of manifests, to the rules.
 *
 * @param argv What follows the script's name.
 * @param write Takes what is to be printed.
 * @returns The exit code: 1 where a mandatory rule is broken.
 * @throws {UsageError} and what else keeps it from judging.
 */
export async function run(argv: readonly string[], write: (text: string) => void): Promise<number> {
  const options = parseArguments(argv);
  if (options === undefined) {
    write(`${USAGE}\n`);
    return 0;
  }
  const { title, count, report } = await judge(options);
  write(options.json ? `${JSON.stringify(report)}\n` : show(title, count, report));
  return isStopped(report) ? 1 : 0;
}

async function judge(options: Arguments): Promise<Judgement> {
  if ("stack" in options) {
    const deployment = await readDeployment(options.stack, "any");
    const count = deployment.manifests.length + deployment.others.length;
    return { title: `stack ${options.stack}`, count, report: judgeStack(deployment) };
  }
  const manifests = options.files.flatMap(readManifests);
  const context = { environment: options.environment, digestsAtDeployment: false };
  const report = evaluate(RULES, { manifests, resources: [] }, context);
  return { title: options.files.join(", "), count: manifests.length, report };
}
