import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Connection, type Consumer, type Envelope, type MessageBody, type Publisher } from "rabbitmq-client";
import { type Static, Type } from "typebox";
import { expect } from "vitest";
import { defineEvent, type EventContract, routingKey } from "../../contracts/event.ts";
import { defineService } from "../../description.ts";
import { type Broker, openBroker } from "../broker.ts";
import { statement } from "../database.ts";
import { onEvent } from "../event-handler.ts";
import { outboxRow, storeEvent } from "../outbox.ts";
import type { RunningService, Service, ServiceContext } from "../service.ts";
import { EVENTS_EXCHANGE, eventsExchange, type ServiceTopology, topologyOf } from "../topology.ts";
import { createTestDatabase, silentLog, startTestService, type TestDatabase, testServer } from "./running.ts";

const Counted = Type.Object({ thing: Type.String(), number: Type.Integer() });

type CountedEvent = Static<typeof Counted>;

const COUNTER = join(import.meta.dirname, "counter.ts");

/** Ends a process as a machine that breaks does. */
export async function killProcess(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

/** A thing was counted; its numbers go from 0 upwards. */
export const countedEvent = (name: string): EventContract<typeof Counted> =>
  defineEvent({ name: `${name}.counted`, version: 1, schema: Counted });

const WRITE = statement("test-write", "INSERT INTO counts (thing, number) VALUES ($1, $2)");
/**
 * A service that publishes what is counted; one that `reads` writes down what it is told, too.
 *
 * @param onHandled What handling an event does beside that; may throw.
 */
export const countingService = (
  name: string,
  migrations: string,
  reads: boolean,
  onHandled: (event: CountedEvent) => void = () => {},
): Service => {
  const counted = countedEvent(name);
  return {
    description: defineService({
      name,
      summary: "Counts",
      publishes: [counted],
      consumes: reads ? [counted] : [],
      database: "postgres",
      scale: { min: 1, max: 1, cpuPercent: 50 },
      resources: { cpu: { request: "1m", limit: "1" }, memory: { request: "1Mi", limit: "1Mi" } },
      objectives: { availability: 99, p99: "1s" },
    }),
    settings: {},
    migrations,
    setup({ consume }) {
      if (!reads) return;
      consume(
        onEvent(counted, async (transaction, event) => {
          await transaction.query(WRITE, [event.thing, event.number]);
          onHandled(event);
        }),
      );
    },
  };
};

const COUNTS = statement<{ thing: string; number: number }>(
  "test-counts",
  "SELECT thing, number FROM counts ORDER BY id",
);
const WAITING = statement<{ rows: number }>("test-outbox", "SELECT count(*) AS rows FROM outbox");
const STATES = statement<{ state: string }>("test-inbox", "SELECT state FROM inbox");

/** One running process of the service. */
export interface Replica extends RunningService {
  readonly context: ServiceContext;
}

/** A service that writes down what it is told, on a database of its own, with as many replicas as a test starts. */
export class Counting {
  readonly name: string;
  readonly own: TestDatabase;
  readonly topology: ServiceTopology;
  readonly broker: Broker;
  /** What handling an event does beside writing it down; may throw. */
  whenHandled: (event: CountedEvent) => void = () => {};
  readonly migrations: string;
  readonly #children = new Set<ChildProcess>();
  readonly #watchers = new Set<Consumer>();
  readonly #raw: Connection;
  readonly #publisher: Publisher;

  private constructor(migrations: string, own: TestDatabase) {
    this.migrations = migrations;
    this.own = own;
    this.name = `t${randomUUID().slice(0, 8)}`;
    this.topology = topologyOf(this.name);
    this.#raw = new Connection(testServer("TEST_BROKER_URL"));
    this.#publisher = this.#raw.createPublisher({ confirm: true });
    this.broker = openBroker(testServer("TEST_BROKER_URL"), this.name, silentLog);
  }

  static async open(): Promise<Counting> {
    const migrations = mkdtempSync(join(tmpdir(), "migrations-"));
    const own = await createTestDatabase(migrations);
    await own.database.script(
      "CREATE TABLE counts (id bigint GENERATED ALWAYS AS IDENTITY, thing text, number int)",
    );
    return new Counting(migrations, own);
  }

  get event(): EventContract<typeof Counted> {
    return countedEvent(this.name);
  }

  /**
   * Starts one more replica and waits until one listens: what is published before a queue is bound has no reader.
   *
   * @param changes Environment that differs from the usual, such as a broker that can be taken away.
   */
  async start(changes: NodeJS.ProcessEnv = {}): Promise<Replica> {
    let context: ServiceContext | undefined;
    const service = countingService(this.name, this.migrations, true, (event) => this.whenHandled(event));
    const running = await startTestService(
      {
        ...service,
        setup(given) {
          context = given;
          return service.setup(given);
        },
      },
      { ...this.environment, EVENT_RETRY_MILLISECONDS: "5", ...changes },
    );
    if (context === undefined) throw new Error("the service was not set up");
    await expect.poll(() => this.listeners(), { timeout: 60_000 }).toBe(1);
    return { ...running, context };
  }

  /** Environment of every replica. */
  get environment(): NodeJS.ProcessEnv {
    return {
      DATABASE_URL: this.own.url,
      DATABASE_CONNECTIONS: "5",
      BROKER_URL: testServer("TEST_BROKER_URL"),
    };
  }

  /** Starts a replica as a process of its own, which may be killed. */
  async spawn(reads: "reads" | "publishes"): Promise<ChildProcess> {
    const child = spawn(process.execPath, [COUNTER, this.name, this.migrations, reads], {
      env: { ...process.env, ...this.environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    if (child.stdout === null) throw new Error("the process has no output");
    await once(createInterface(child.stdout), "line");
    return child;
  }

  /** How many replicas are given events: one, or none. */
  listeners(): Promise<number> {
    return this.#raw.queueDeclare({ queue: this.topology.events, passive: true }).then(
      ({ consumerCount }) => consumerCount,
      () => 0,
    );
  }

  /** Stores events of a thing in the outbox, in this order. */
  async tell(thing: string, ...numbers: readonly number[]): Promise<void> {
    for (const number of numbers) {
      await storeEvent(this.own.database, outboxRow(this.event, thing, { thing, number }));
    }
  }

  /** Publishes any message at all. */
  async send(body: MessageBody, envelope: Envelope = {}): Promise<void> {
    const usual = {
      exchange: EVENTS_EXCHANGE,
      routingKey: routingKey(this.event),
      messageId: randomUUID(),
      contentType: "application/json",
    };
    await this.#publisher.send({ ...usual, ...envelope }, body);
  }

  /** Shows every event that is published from now on until {@link empty}, in the order in which it comes. */
  async watch(see: (event: CountedEvent) => void): Promise<void> {
    const consumer = this.#raw.createConsumer(
      {
        queueOptions: { exclusive: true },
        noAck: true,
        exchanges: [eventsExchange],
        queueBindings: [{ exchange: EVENTS_EXCHANGE, routingKey: routingKey(this.event) }],
      },
      (message) => see(message.body),
    );
    this.#watchers.add(consumer);
    await once(consumer, "ready");
  }

  /** What was written down, the earliest first. */
  counts(): Promise<{ thing: string; number: number }[]> {
    return this.own.database.query(COUNTS);
  }

  /** Numbers of a thing in the order in which they were handled. */
  async numbersOf(thing: string): Promise<number[]> {
    return (await this.counts()).filter((count) => count.thing === thing).map(({ number }) => number);
  }

  /** Events that are not published yet. */
  async waiting(): Promise<number> {
    return (await this.own.database.query(WAITING))[0]?.rows ?? Number.NaN;
  }

  /** How many received events are in each state. */
  async inbox(): Promise<Record<string, number>> {
    const states = await this.own.database.query(STATES);
    return Object.fromEntries(
      Map.groupBy(states, ({ state }) => state)
        .entries()
        .map(([state, rows]) => [state, rows.length]),
    );
  }

  async empty(): Promise<void> {
    for (const child of this.#children) await killProcess(child);
    for (const watcher of this.#watchers) await watcher.close();
    this.#watchers.clear();
    this.whenHandled = () => {};
    await this.own.database.script("TRUNCATE outbox, inbox, counts");
    for (const queue of [this.topology.events, this.topology.deadLetters]) {
      await this.#raw.queuePurge({ queue }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.broker.close();
    await this.#publisher.close();
    await this.#raw.close();
    await this.own.drop();
    rmSync(this.migrations, { recursive: true });
  }
}
