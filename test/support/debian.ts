import { existsSync } from "node:fs";
import { run, succeeds } from "../../sandbox/command.ts";
import { installPackages } from "../../sandbox/host/packages.ts";

/**
 * Installs Debian packages that a test needs where they are missing. No service of theirs starts, now or at the next
 * boot.
 *
 * @param packages Each package and the program that shows that it is installed.
 */
export async function ensurePrograms(packages: Readonly<Record<string, string>>): Promise<void> {
  const missing = Object.entries(packages)
    .filter(([, program]) => !existsSync(program))
    .map(([name]) => name);
  if (missing.length === 0) return;
  await installPackages(missing, () => {});
  for (const name of missing) {
    const unit = `${name}.service`;
    if (await succeeds(["systemctl", "cat", unit])) await run(["systemctl", "disable", unit]);
  }
}
