import { guardProduction } from "../../settings/cluster.ts";
import { SettingsError } from "../../settings/error.ts";
import type { Settings } from "../../settings.ts";

/**
 * Keeps drills off production: they break what they are held on. A stack for production is guarded like a cluster that
 * looks like it, whoever they belong to.
 *
 * @param names What the cluster is known by.
 * @param confirmed The context that is really meant.
 * @throws {SettingsError} where nobody said so.
 */
export function refuseProduction(
  { stack, environment }: Pick<Settings, "stack" | "environment">,
  names: { readonly context: string; readonly others: readonly string[] },
  confirmed: string | undefined,
): void {
  if (confirmed === names.context) return;
  if (environment === "prod") {
    throw new SettingsError(
      `stack "${stack}" is for production, and a drill breaks what it is held on; ` +
        `if that is really meant, say so with --yes-really ${names.context}`,
    );
  }
  guardProduction(environment, names, {});
}
