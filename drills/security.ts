import { services } from "../services/index.ts";
import type { Drill, Stage } from "./runner/drill.ts";
import { tryAttacks } from "./security/attacks.ts";
import { tryNetwork } from "./security/network.ts";
import { tryPods } from "./security/pods.ts";
import { trySecrets } from "./security/secrets.ts";

/** Nothing is broken; everything is tried that must not work. */
export const security: Drill = {
  name: "security",
  summary:
    "Every undeclared connection between pods, powers in pods, passwords in logs and objects, attacks on the gateway: nothing works.",
  async hold(stage: Stage) {
    const names = services.map(({ name }) => name);
    for (const part of [tryNetwork, (held: Stage) => tryPods(held, names), tryAttacks, trySecrets]) {
      await part(stage);
      stage.signal.throwIfAborted();
    }
  },
};
