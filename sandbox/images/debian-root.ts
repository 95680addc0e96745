/** Makes the root file system of the Debian base image, from wherever this machine gets its own packages. */

import { existsSync, renameSync, rmSync } from "node:fs";
import { readRepositoryFile } from "../../images/repository.ts";
import { DEBIAN_SUITE } from "../../versions.ts";
import { run } from "../command.ts";
import { ImageBuildError } from "./errors.ts";

/**
 * Makes the root file system. The same packages give the same bytes.
 *
 * @param path The tar file to write.
 * @param epoch Time in seconds since 1970 that no file is newer than.
 * @throws {ImageBuildError} when this machine has no Debian package sources.
 * @throws {CommandError} with mmdebstrap's own words.
 */
export async function makeDebianRoot(
  path: string,
  epoch: number,
  detail: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  if (!existsSync("/usr/bin/mmdebstrap")) {
    throw new ImageBuildError(
      "mmdebstrap is not installed; npm run sandbox -- up installs it, or apt-get install mmdebstrap",
    );
  }
  const sources = debianSources(await machineTargets());
  const unfinished = `${path}.unfinished`;
  const env = { SOURCE_DATE_EPOCH: String(epoch) };
  try {
    const settings = aptSettings(await run(["apt-config", "dump"])).map((line) => `--aptopt=${line}`);
    await run(["mmdebstrap", ...options(), ...settings, "--format=tar", DEBIAN_SUITE, unfinished, "-"], {
      input: sources,
      env,
      signal,
      onLine: (line) => detail(line.replace(/^I: /, "")),
    });
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function options(): string[] {
  return readRepositoryFile("images/debian/mmdebstrap.options")
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("--"));
}

/** One line for each package index that apt on this machine reads. */
async function machineTargets(): Promise<string> {
  const format = "$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)";
  const list = ["apt-get", "indextargets", "--format", format, "Created-By: Packages"];
  const targets = await run(list);
  if (/^Debian /m.test(targets)) return targets;
  await run(["apt-get", "--quiet", "update"]); // a fresh machine has not read any index yet
  return await run(list);
}

/**
 * The package sources of the base image: those of the machine that are Debian's own, for the image's release.
 *
 * @param targets Lines of origin, code name, component and address.
 * @throws {ImageBuildError} when none is Debian's.
 * @example debianSources("Debian trixie-updates main http://mirror/debian/")
 * // "deb http://mirror/debian/ bookworm-updates main\n"
 */
export function debianSources(targets: string): string {
  const sources = targets
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([origin, , component]) => origin === "Debian" && component === "main")
    .flatMap(([, codename = "", , address]) => {
      const suffix = /^[a-z]+(-security|-updates)?$/.exec(codename);
      return suffix === null ? [] : `deb ${address} ${DEBIAN_SUITE}${suffix[1] ?? ""} main\n`;
    });
  if (sources.length === 0) {
    throw new ImageBuildError(
      "the sandbox's images are made from Debian packages and apt on this machine has no Debian source; " +
        "run the sandbox on Debian, or use a cluster you have with --context NAME",
    );
  }
  return [...new Set(sources)].join("");
}

/**
 * What of the machine's apt configuration decides whether a source can be reached: proxies, certificates, checks.
 *
 * @param dump What `apt-config dump` says.
 */
export function aptSettings(dump: string): string[] {
  return dump
    .split("\n")
    .filter((line) =>
      /^Acquire::(Check-Date|Check-Valid-Until|Retries|https?(::[\w.:-]+)?) "[^"]+";$/.test(line),
    );
}
