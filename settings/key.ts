import { ensureMasterKey, readMasterKey } from "../master-key.ts";
import type { Settings } from "../settings.ts";
import { SettingsError } from "./error.ts";

/**
 * The master key of a stack: from its configuration, or for dev stacks from this machine's private store.
 *
 * @param options.make Whether one may be made, or must be there, as it must when something is deployed.
 * @returns Undefined where there is none and none has to be: secrets are then unknown.
 * @throws {SettingsError} when it must be there and is not, with the command that makes it.
 */
export function masterKeyOf(settings: Settings, options: { readonly make: boolean }): string | undefined {
  const { masterKey, environment, stack } = settings;
  if (masterKey !== undefined) return masterKey;
  if (environment === "dev") return options.make ? ensureMasterKey(stack) : readMasterKey(stack);
  if (!options.make) return undefined;
  throw new SettingsError(
    `tradestack:masterKey is missing; make it once with: openssl rand -base64 32 | pulumi config set --stack ${stack} --secret tradestack:masterKey`,
  );
}
