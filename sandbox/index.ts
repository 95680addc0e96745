/** The sandbox: a real Kubernetes on this machine, for those who have no cluster at hand. */

export { type SandboxConnection, sandboxAddress, sandboxConnection } from "./connection.ts";
export { SandboxError } from "./errors.ts";
export { type SandboxNode, sandboxNodes } from "./nodes.ts";
export { type SandboxStatus, sandboxStatus } from "./status.ts";
export { type EnsureOptions, ensureSandbox } from "./up.ts";
