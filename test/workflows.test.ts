import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { MARKER } from "../deploy/compare/markdown.ts";
import { services } from "../services/index.ts";

/** The part of a workflow that is looked at here. */
interface Workflow {
  readonly name: string;
  readonly on: object;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
interface Job {
  readonly "runs-on": string;
  readonly "timeout-minutes": number;
  readonly needs?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly service?: readonly string[] } };
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
}

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, ".github/workflows");
const files = readdirSync(FOLDER);
const textOf = (file: string): string => readFileSync(join(FOLDER, file), "utf8");
const workflows: [string, Workflow][] = files.map((file) => [file, parse(textOf(file))]);
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

test.each(workflows)("%s may read the code, and only single jobs more than that", (_file, workflow) => {
  expect(workflow.permissions).toEqual({ contents: "read" });
  expect(workflow.on).not.toHaveProperty("pull_request_target");
  for (const job of Object.values(workflow.jobs)) {
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
    if (job.needs !== undefined) expect(Object.keys(workflow.jobs)).toContain(job.needs);
  }
});

test.each(files)("%s names each action by its commit, and the version that this is", (file) => {
  const uses = textOf(file).match(/uses: .*/g) ?? [];
  for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test.each(workflows)(
  "%s puts nothing of others into a script's text, and leaves no token in a checkout",
  (_file, workflow) => {
    for (const { uses, run, with: inputs } of stepsOf(workflow)) {
      expect(run ?? "").not.toContain("${{");
      if (uses?.startsWith("actions/checkout@"))
        expect(inputs).toMatchObject({ "persist-credentials": false });
    }
  },
);

test("whoever may write comments runs no code of a pull request", () => {
  const preview = workflows.find(([file]) => file === "preview.yml")?.[1];
  expect(preview?.jobs.render?.permissions).toBeUndefined();
  expect(preview?.jobs.comment?.permissions).toEqual({ "pull-requests": "write" });
  expect(preview?.jobs.comment?.steps.map(({ uses }) => uses)).toEqual([undefined]);
  expect(preview?.jobs.comment?.steps[0]?.run).toContain(MARKER);
});

test("the commands of workflows exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const commands = workflows.flatMap(([, workflow]) =>
    stepsOf(workflow).flatMap(({ run = "" }) =>
      [...run.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name]) => name),
    ),
  );
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) expect(Object.keys(scripts)).toContain(command);
});

test("a release has an image of every service", () => {
  const release = workflows.find(([file]) => file === "release.yml")?.[1];
  const names = services.map(({ name }) => name).sort();
  for (const job of ["build", "sign"]) {
    expect([...(release?.jobs[job]?.strategy?.matrix.service ?? [])].sort(), job).toEqual(names);
  }
});
