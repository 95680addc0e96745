import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type PulumiCommand, Stack } from "@pulumi/pulumi/automation/index.js";
import { parse, stringify } from "yaml";
import { ensureMasterKey } from "../../master-key.ts";
import { tradestackHome } from "../../sandbox/home.ts";
import { EngineError } from "../engines/engine.ts";
import { ROOT } from "../stack/read.ts";

/**
 * Opens a stack in the backend that the user has chosen (PULUMI_BACKEND_URL, or `pulumi login`). Where none is
 * chosen, a dev stack's state is kept in a private directory, encrypted with a passphrase derived from the stack's
 * private key; the checkout stays as it is.
 *
 * @throws {EngineError} for another stack where no backend is chosen.
 */
export async function openStack(
  name: string,
  environment: string,
  pulumiCommand: PulumiCommand,
  variables: Readonly<Record<string, string>> = {},
): Promise<Stack> {
  if (hasBackend()) return selectOrCreate(name, ROOT, pulumiCommand, variables);
  if (environment !== "dev") {
    throw new EngineError(
      `no Pulumi backend is chosen for stack "${name}"; run "pulumi login" or set PULUMI_BACKEND_URL first`,
    );
  }
  const home = join(tradestackHome(), "pulumi");
  const state = join(home, "state");
  const project = join(home, "project");
  for (const directory of [state, project]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  prepareProject(name, project);
  return selectOrCreate(name, project, pulumiCommand, {
    ...variables,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: passphraseOf(name),
  });
}

function hasBackend(): boolean {
  if (process.env.PULUMI_BACKEND_URL || process.env.PULUMI_ACCESS_TOKEN) return true;
  const credentials = join(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"), "credentials.json");
  return existsSync(credentials) && Boolean(JSON.parse(readFileSync(credentials, "utf8")).current);
}

/** Known to whoever has the stack's private key, and to nobody else. */
const passphraseOf = (stack: string): string =>
  createHmac("sha256", ensureMasterKey(stack)).update("pulumi state passphrase").digest("base64url");

/** A project directory whose program is this checkout: Pulumi writes into a stack's file, and that is not ours to change. */
function prepareProject(stack: string, directory: string): void {
  const project = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));
  writeFileSync(join(directory, "Pulumi.yaml"), stringify({ ...project, main: ROOT }));
  const [from, to] = [join(ROOT, `Pulumi.${stack}.yaml`), join(directory, `Pulumi.${stack}.yaml`)];
  const salt = existsSync(to) ? parse(readFileSync(to, "utf8"))?.encryptionsalt : undefined;
  // A salt in the checkout belongs to the passphrase of whoever chose a backend there.
  writeFileSync(to, stringify({ ...parse(readFileSync(from, "utf8")), encryptionsalt: salt }));
}

async function selectOrCreate(
  name: string,
  workDir: string,
  pulumiCommand: PulumiCommand,
  envVars: Readonly<Record<string, string>>,
): Promise<Stack> {
  const workspace = await LocalWorkspace.create({ workDir, pulumiCommand, envVars: { ...envVars } });
  return Stack.createOrSelect(name, workspace);
}
