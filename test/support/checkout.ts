import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** What a finished command said. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A copy of this checkout that a test may change: its own stack, its own edits of a service's source, and
 * nothing of it left behind in the real one.
 */
export class Checkout {
  readonly path = mkdtempSync(join(tmpdir(), "tradestack-checkout-"));

  constructor() {
    const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
      cwd: root,
      encoding: "utf8",
    });
    for (const file of listed.split("\0").filter((name) => name !== "" && existsSync(join(root, name)))) {
      cpSync(join(root, file), join(this.path, file), { recursive: true });
    }
    for (const workspace of ["", "components", "services"]) {
      const installed = join(root, workspace, "node_modules");
      if (existsSync(installed)) symlinkSync(installed, join(this.path, workspace, "node_modules"), "dir");
    }
  }

  /** Writes a file of the copy, such as `Pulumi.e2e.yaml`. */
  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text);
  }

  /** Changes a file of the copy by a function of its text. */
  edit(file: string, change: (text: string) => string): void {
    const path = join(this.path, file);
    writeFileSync(path, change(readFileSync(path, "utf8")));
  }

  /** Runs one of the project's own programs in the copy and waits for its end, whatever its exit code. */
  run(program: string, ...args: string[]): Promise<CommandResult> {
    return new Promise((resolve) => {
      const options = { cwd: this.path, maxBuffer: 1 << 28 };
      execFile(process.execPath, [join(this.path, program), ...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
