/**
 * Brings users, their rights, queues and bindings to a broker that reads no file of definitions, by its management API.
 * For Node. Running it again changes nothing; what is there already and should be otherwise is changed, but for the
 * arguments of queues, which nobody can change. What is no longer wanted stays.
 */
export const DEFINITIONS_SCRIPT = `
import { readFileSync } from "node:fs";
const { BROKER_CONSOLE, BROKER_ADMIN, SECRETS } = process.env;
const secret = (name) => readFileSync(SECRETS + "/" + name, "utf8");
const credentials = Buffer.from(BROKER_ADMIN + ":" + secret("admin-password")).toString("base64");
try {
  const answer = await fetch(new URL("/api/definitions", BROKER_CONSOLE), {
    method: "POST",
    headers: { authorization: "Basic " + credentials, "content-type": "application/json" },
    body: secret("definitions.json"),
    signal: AbortSignal.timeout(60_000),
  });
  if (!answer.ok) throw new Error("status " + answer.status + ": " + (await answer.text()));
} catch (error) {
  const { message, cause } = error;
  console.error("the broker took no definitions: " + message + (cause ? " (" + cause.message + ")" : ""));
  process.exitCode = 1;
}
`.trimStart();
