import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Program, ProgramReply, ProgramRequest } from "./registration.ts";

/** The program refused its settings or failed; the message is for people. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
}

/** Failures that say all there is to say in their message: where in the code they arose helps nobody. */
const SPEAKING =
  /^(ArgumentError|SettingsError|ServiceDescriptionError|ResourceError|RunError|InputPropertiesError)$/;

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

/**
 * Runs the program in a process of its own, without an engine or a cluster, and collects what it registers.
 *
 * @param request The project, the stack, its configuration and the program's entry module.
 * @returns Every resource in the order of registration, and the stack's outputs.
 * @throws {ProgramError} with one sentence where the program refuses its settings, or fails.
 */
export function collect(request: ProgramRequest): Promise<Program> {
  return new Promise((resolve, reject) => {
    const worker = fork(WORKER, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
    let said = "";
    let reply: ProgramReply | undefined;
    worker.stdout?.on("data", (chunk: Buffer) => process.stderr.write(chunk));
    worker.stderr?.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    worker.once("message", (message) => {
      reply = message as ProgramReply;
    });
    worker.once("error", reject);
    worker.once("close", (code, signal) => {
      if (reply === undefined) {
        reject(
          new ProgramError(`the program ended early (${signal ?? `exit code ${code}`}): ${said.trim()}`),
        );
      } else if ("failure" in reply) {
        const { name, message, stack } = reply.failure;
        reject(new ProgramError(SPEAKING.test(name) ? message : `the program failed: ${stack}`));
      } else {
        process.stderr.write(said);
        resolve(reply.program);
      }
    });
    worker.send(request);
  });
}
