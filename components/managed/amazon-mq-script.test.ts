import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { DEFINITIONS_SCRIPT } from "./amazon-mq-script.ts";

/** Runs the script against a management API that answers with a status, and tells what that was asked. */
async function bring(status: number) {
  const asked: { request: IncomingMessage; body: string }[] = [];
  const api = createServer(async (request, response) => {
    asked.push({ request, body: await text(request) });
    response.writeHead(status).end(status === 204 ? undefined : '{"reason":"no vhost"}');
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const secrets = mkdtempSync(join(tmpdir(), "tradestack-definitions-"));
  onTestFinished(() => {
    api.close();
    rmSync(secrets, { recursive: true });
  });
  writeFileSync(join(secrets, "admin-password"), "pw-admin");
  writeFileSync(join(secrets, "definitions.json"), '{"users":[]}');
  const script = spawn(process.execPath, ["--input-type=module", "--eval", DEFINITIONS_SCRIPT], {
    env: {
      BROKER_CONSOLE: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      BROKER_ADMIN: "administrator",
      SECRETS: secrets,
    },
  });
  const ended = new Promise<number | null>((resolve) => script.once("close", resolve));
  return { said: await text(script.stderr), code: await ended, asked };
}

test("the definitions are posted by the administrator", async () => {
  const { code, said, asked } = await bring(204);
  expect({ code, said }).toEqual({ code: 0, said: "" });
  const [{ request, body } = {}] = asked;
  expect(`${request?.method} ${request?.url}`).toBe("POST /api/definitions");
  expect(request?.headers.authorization).toBe(
    `Basic ${Buffer.from("administrator:pw-admin").toString("base64")}`,
  );
  expect(body).toBe('{"users":[]}');
});

test("definitions that it does not take end the Job with what it said, and without the password", async () => {
  const { code, said } = await bring(400);
  expect(code).toBe(1);
  expect(said).toBe('the broker took no definitions: status 400: {"reason":"no vhost"}\n');
});
