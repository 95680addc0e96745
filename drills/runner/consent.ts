import { guardProduction } from "../../settings/cluster.ts";
import { SettingsError } from "../../settings/error.ts";
import type { Settings } from "../../settings.ts";

/**
 * Keeps drills off a production stack, before anything of it is touched: they break what they are held on.
 *
 * @param confirmed The context that is really meant.
 * @throws {SettingsError} where nobody said that it is.
 */
export function refuseProductionStack(
  { stack, environment }: Pick<Settings, "stack" | "environment">,
  confirmed: string | undefined,
): void {
  if (environment !== "prod" || confirmed !== undefined) return;
  throw new SettingsError(
    `stack "${stack}" is for production, and a drill breaks what it is held on; ` +
      "if that is really meant, name its kubeconfig context with --yes-really NAME",
  );
}

/**
 * Keeps drills off a cluster that looks like production, and a production stack off any context that was not named.
 *
 * @param names What the cluster is known by.
 * @param confirmed The context that is really meant.
 * @throws {SettingsError} where it is another one.
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
