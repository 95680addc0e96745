/** The ports of the machine's loopback that lead to the ingress. */

import { SandboxError } from "./errors.ts";

/** Each port with its variable and its default. */
export const portSettings = {
  http: { variable: "TRADESTACK_HTTP_PORT", fallback: 18080 },
  https: { variable: "TRADESTACK_HTTPS_PORT", fallback: 18443 },
} as const;

/**
 * The ports as the environment chooses them.
 *
 * @throws {SandboxError} when a variable holds no port, or both the same.
 */
export function chosenPorts(environment: NodeJS.ProcessEnv = process.env): { http: number; https: number } {
  const read = ({ variable, fallback }: { variable: string; fallback: number }) => {
    const text = environment[variable];
    if (text === undefined || text === "") return fallback;
    const port = Number(text);
    if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
    throw new SandboxError(`${variable}: "${text}" is not a port; give a number from 1 to 65535`);
  };
  const ports = { http: read(portSettings.http), https: read(portSettings.https) };
  if (ports.http === ports.https) {
    throw new SandboxError(
      `${portSettings.http.variable} and ${portSettings.https.variable} are both ${ports.http}; give each its own`,
    );
  }
  return ports;
}
