import type * as pulumi from "@pulumi/pulumi";
import type { ServiceDescription } from "../../services/description.ts";
import { SettingsError } from "../../settings/error.ts";
import type { StoreArgs } from "../microservice/args.ts";
import type { SecretFile } from "../secret-file.ts";
import type { PlatformArgs } from "./platform.ts";

/** One store: who uses it, where it is, and what proves them to it. */
export interface Part {
  uses(service: ServiceDescription): boolean;
  readonly store: StoreArgs;
  secrets(service: string): SecretFile[];
}

/** Makes a store where at least one service uses it. */
export type Make = (
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  args: PlatformArgs,
) => Part | undefined;

/** A store that a cloud runs needs a cluster there. */
export function refuseManaged(
  { cluster }: PlatformArgs["settings"],
  key: string,
  kind: string,
  others: string,
): never {
  throw new SettingsError(
    `tradestack:${key}.kind: "${kind}" is beside a cluster that the stack makes in that cloud; write ${others} with this one (tradestack:cluster.kind: ${cluster.kind})`,
  );
}

/** The class of volumes, where the settings name one; and production's stores are not replaced by mistake. */
export function volumes({ storageClass, environment }: PlatformArgs["settings"]): {
  storageClass?: string;
  protect?: boolean;
} {
  return {
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(environment === "prod" ? { protect: true } : {}),
  };
}
