/** Holds a stack, or a file of manifests, to the rules, and says what breaks them. */

import { exitCodeOf, tell } from "../deploy/failure.ts";
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

try {
  const options = parseArguments(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(`${USAGE}\n`);
  } else {
    const { title, count, report } = await judge(options);
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : show(title, count, report));
    process.exitCode = isStopped(report) ? 1 : 0;
  }
} catch (error) {
  process.stderr.write(`${tell(error).join("\n")}\n`);
  process.exitCode = exitCodeOf(error);
}
