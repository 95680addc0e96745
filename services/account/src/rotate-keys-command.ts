import { parseArgs } from "node:util";
import type { Command } from "../../chassis/index.ts";
import { SecretBox } from "./secret-box.ts";
import type { settings } from "./settings.ts";
import { rotationPolicy, SigningKeys } from "./signing-keys.ts";

/**
 * `node main.js rotate-keys` makes the next signing key before it is due. With `--leaked` all keys are replaced at
 * once: access tokens are no good as soon as the gateways ask for the keys again, which takes up to five minutes, or
 * a restart of the gateways; people notice nothing, as their sessions go on with a refresh.
 */
export const rotateKeysCommand: Command<typeof settings> = {
  summary: "makes the next signing key now; --leaked replaces all of them at once",
  async run({ resources, settings, log, print }, args) {
    const { values } = parseArgs({
      args: [...args],
      options: { leaked: { type: "boolean", default: false } },
    });
    const box = new SecretBox(settings.KEY_ENCRYPTION_KEY);
    const keys = new SigningKeys(resources.database, box, rotationPolicy(settings.KEY_ROTATION_DAYS));
    const { made, removed } = values.leaked ? await keys.replace() : await keys.rotate(true);
    log.warn({ security: "keys-rotated", made, removed, leaked: values.leaked }, "signing keys have changed");
    for (const id of made) print(`made ${id}`);
    for (const id of removed) print(`removed ${id}`);
    return 0;
  },
};
