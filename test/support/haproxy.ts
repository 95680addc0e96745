/** HAProxy for real, in front of servers in this process. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { BalancerConfiguration, ServerArgs } from "../../components/clusters/load-balancer/args.ts";
import { haproxyConfiguration } from "../../components/clusters/load-balancer/haproxy.ts";
import { run, waitFor } from "../../sandbox/command.ts";

/** Most seconds that anything here may take; it is there within a moment. */
const PATIENCE = 20;

/** Ports that nobody listens on at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createTcpServer().listen(0));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** A server behind HAProxy. It answers with its name, and counts what it was asked beside the checks. */
export class Backend {
  readonly name: string;
  /** Requests that reached it, as `GET /path`. */
  readonly asked: string[] = [];
  /** Headers of the last one. */
  headers: NodeJS.Dict<string | string[]> = {};
  /** Answers that `/hold` waits with. */
  readonly held: ServerResponse[] = [];
  /** What its checks are answered. */
  health = 200;
  #server: Server | undefined;
  #port = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** How HAProxy is told of it. */
  server(weight?: number): ServerArgs {
    return {
      name: this.name,
      address: "127.0.0.1",
      port: this.#port,
      ...(weight === undefined ? {} : { weight }),
    };
  }

  /** Starts it; again on the same port where it was stopped. */
  async start(): Promise<this> {
    this.#server = createServer((request, response) => {
      if (request.url === "/ready") return response.writeHead(this.health).end();
      this.asked.push(`${request.method} ${request.url}`);
      this.headers = request.headers;
      if (request.url === "/hold") return this.held.push(response);
      if (request.url === `/die-on-${this.name}`) return request.socket.destroy();
      return response.end(this.name);
    }).listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Ends it as a crash does: what it is doing is not finished. */
  async stop(): Promise<void> {
    if (this.#server === undefined) return;
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#server.listening) await once(this.#server, "close");
    this.#server = undefined;
  }
}

/** A running HAProxy. */
export class Balancer {
  readonly #process: ChildProcess;
  readonly #directory: string;
  #log = "";

  private constructor(directory: string) {
    this.#directory = directory;
    this.#process = spawn("haproxy", ["-W", "-f", this.#file("haproxy.cfg")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (said: string) => {
        this.#log = (this.#log + said).slice(-4000);
      });
    }
  }

  /** Starts HAProxy with these settings, its socket in a directory of its own. */
  static async start(configuration: BalancerConfiguration): Promise<Balancer> {
    const directory = mkdtempSync(join(tmpdir(), "tradestack-haproxy-"));
    write(directory, configuration);
    const balancer = new Balancer(directory);
    try {
      await balancer.#until("HAProxy", async () => (await balancer.ask("show info")).includes("Pid:"));
    } catch (error) {
      await balancer.stop();
      throw error;
    }
    return balancer;
  }

  /** Has it take other settings without an interruption, as `systemctl reload haproxy` does. */
  async reload(configuration: BalancerConfiguration): Promise<void> {
    const pid = async () => /^Pid: (\d+)$/m.exec(await this.ask("show info"))?.[1];
    const before = await pid();
    write(this.#directory, configuration);
    await run(["haproxy", "-c", "-q", "-f", this.#file("haproxy.cfg")]);
    this.#process.kill("SIGUSR2");
    await this.#until("the reloaded HAProxy", async () => ![undefined, before].includes(await pid()));
  }

  /** Waits until HAProxy takes a server for `UP` or `DOWN`. */
  async untilServer(frontend: string, server: string, status: "UP" | "DOWN"): Promise<void> {
    await this.#until(`${frontend}/${server} ${status}`, async () => {
      const lines = (await this.ask("show stat")).split("\n").map((line) => line.split(","));
      const column = lines[0]?.indexOf("status") ?? -1;
      return lines.some((line) => line[0] === frontend && line[1] === server && line[column] === status);
    });
  }

  /** What it answers on its administrator's socket. */
  async ask(command: string): Promise<string> {
    const socket = connect(this.#file("admin.sock"));
    socket.end(`${command}\n`);
    return text(socket).catch(() => "");
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      await ended;
    }
    rmSync(this.#directory, { recursive: true });
  }

  #file(name: string): string {
    return join(this.#directory, name);
  }

  #until(what: string, ask: () => Promise<boolean>): Promise<void> {
    const detail = () => `: ${this.#log}`;
    return waitFor(
      what,
      PATIENCE,
      () => {
        if (this.#process.exitCode !== null) throw new Error(`HAProxy ended${detail()}`);
        return ask();
      },
      { detail },
    );
  }
}

function write(directory: string, configuration: BalancerConfiguration): void {
  const adminSocket = join(directory, "admin.sock");
  writeFileSync(
    join(directory, "haproxy.cfg"),
    haproxyConfiguration({ maxConnections: 100, ...configuration, adminSocket }),
  );
}
