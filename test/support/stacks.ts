import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Every stack that the project brings, those included that are added later. */
export const STACKS: readonly string[] = readdirSync(join(import.meta.dirname, "..", "..")).flatMap(
  (file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [],
);
