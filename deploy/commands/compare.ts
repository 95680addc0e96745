import { writeFileSync } from "node:fs";
import type { Arguments } from "../arguments.ts";
import { type Checkout, checkOut } from "../compare/checkout.ts";
import { compareResources, type StackComparison } from "../compare/compare.ts";
import { asMarkdown } from "../compare/markdown.ts";
import { resourcesOf } from "../compare/resources.ts";
import { comparisonsAsJson, showComparison } from "../compare/show.ts";
import { ProgramError } from "../program/collect.ts";
import { ROOT, stackNames } from "../stack/read.ts";
import { readProgram } from "../stack/wanted.ts";

/** Exit code that says there are differences; 1 is for what went wrong. */
const DIFFERENT = 3;

/**
 * Shows what this checkout changes in what its stacks are made of since it left a branch: both programs are run as
 * for a rendering, with neither a cluster nor credentials, and no secret is shown.
 *
 * @param ref A branch, tag or commit.
 * @param root The checkout. Default: this project.
 * @returns The exit code: 0 where nothing differs, 3 where something does.
 * @throws {UsageError} where there is no such branch. @throws {ProgramError} where this checkout's program fails.
 */
export async function compare(
  { stack, everyStack, json, markdown }: Pick<Arguments, "stack" | "everyStack" | "json" | "markdown">,
  ref: string,
  root = ROOT,
): Promise<number> {
  const base = checkOut(ref, root);
  try {
    const stacks = everyStack
      ? [...new Set([...stackNames(root), ...stackNames(base.directory)])].sort()
      : [stack];
    const comparisons: StackComparison[] = [];
    // One stack after the other: two programs at a time are what a small machine can run.
    for (const name of stacks) comparisons.push(await compareStack(name, base, root));
    if (json) process.stdout.write(`${JSON.stringify(comparisonsAsJson(base.commit, comparisons))}\n`);
    else process.stdout.write(`${comparisons.map(showComparison).join("\n\n")}\n`);
    if (base.otherPackages) {
      process.stderr.write(
        `package-lock.json differs: ${ref} was rendered with the packages installed here\n`,
      );
    }
    if (markdown !== undefined) writeFileSync(markdown, asMarkdown(ref, comparisons));
    return comparisons.some(({ changes, note }) => changes.length > 0 || note !== "") ? DIFFERENT : 0;
  } finally {
    base.remove();
  }
}

async function compareStack(name: string, base: Checkout, root: string): Promise<StackComparison> {
  const [isNew, isGone] = [!stackNames(base.directory).includes(name), !stackNames(root).includes(name)];
  // A stack that neither has is refused in the words that any command has for it.
  const [before, after] = await Promise.all([
    isNew && !isGone ? undefined : readBase(name, base),
    isGone && !isNew ? undefined : readProgram(name, root),
  ]).catch((error: unknown) => {
    if (error instanceof ProgramError) throw new ProgramError(`stack ${name}: ${error.message}`);
    throw error;
  });
  const failure = before instanceof Error ? before.message : undefined;
  const earlier = before === undefined || before instanceof Error ? [] : resourcesOf(before, base.directory);
  const comparison = compareResources(name, earlier, after === undefined ? [] : resourcesOf(after, root));
  if (failure !== undefined) return { ...comparison, note: `cannot be rendered as it was: ${failure}` };
  return { ...comparison, note: isNew ? "a new stack" : isGone ? "the stack's settings are gone" : "" };
}

/** What the base wants, or why that is not known: a base that fails is what a fix is compared with. */
async function readBase(
  name: string,
  base: Checkout,
): Promise<Awaited<ReturnType<typeof readProgram>> | Error> {
  try {
    return await readProgram(name, base.directory);
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
}
