import { dependencyDown } from "./dependency-down.ts";
import { drain } from "./drain.ts";
import { failover } from "./failover.ts";
import { kill } from "./kill.ts";
import { nodeLoss } from "./node-loss.ts";
import { oversell } from "./oversell.ts";
import { restore } from "./restore.ts";
import { rollout } from "./rollout.ts";
import type { Drill } from "./runner/drill.ts";
import { security } from "./security.ts";
import { surge } from "./surge.ts";
import { upgrade } from "./upgrade.ts";

/** Every drill, in the order in which `all` holds them: what breaks least comes first. */
export const DRILLS: readonly Drill[] = [
  security,
  oversell,
  rollout,
  upgrade,
  surge,
  dependencyDown,
  failover,
  kill,
  restore,
  drain,
  nodeLoss,
];
