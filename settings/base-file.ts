import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { overBase, type RawSettings } from "./base.ts";
import { SettingsError } from "./error.ts";
import { suggestion } from "./section.ts";

const FOLDER = join(import.meta.dirname, "bases");

/**
 * A stack's settings over those of a base, from its file. Apart from what needs no file, for a reader of YAML takes its
 * time to load.
 *
 * @param folder That holds the bases. Default: this project's.
 * @throws {SettingsError} where there is no such base, or it cannot be used.
 */
export function readOverBase(own: RawSettings, name: string, folder = FOLDER): RawSettings {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
  if (!names.includes(name)) {
    throw new SettingsError(
      `tradestack:base: there is no base "${name}"${suggestion(name, names)}; there are ${names.join(", ") || "none"}`,
    );
  }
  const base: unknown = parse(readFileSync(join(folder, `${name}.yaml`), "utf8"));
  if (typeof base === "object" && base !== null && !Array.isArray(base)) {
    return overBase(own, base as RawSettings, name);
  }
  throw new SettingsError(
    `settings/bases/${name}.yaml holds no settings; write keys as in Pulumi.STACK.yaml, without tradestack:`,
  );
}
