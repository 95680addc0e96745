import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { request } from "undici";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { EventContractError, outboxRow } from "./outbox.ts";
import { runRedrive } from "./redrive-command.ts";
import { Counting, killProcess, type Replica } from "./test/counting.ts";
import { interruptible } from "./test/interruptible.ts";
import { testServer } from "./test/running.ts";
import { EVENTS_EXCHANGE } from "./topology.ts";

let counting: Counting;
const replicas: Replica[] = [];
const start = async (changes?: NodeJS.ProcessEnv): Promise<Replica> => {
  const replica = await counting.start(changes);
  replicas.push(replica);
  return replica;
};

beforeAll(async () => {
  counting = await Counting.open();
});
afterEach(async () => {
  for (const replica of replicas.splice(0)) await replica.stop();
  await counting.empty();
});
afterAll(() => counting?.close());

const PATIENCE = { timeout: 30_000 };
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

/** Runs the redrive command; answers its status and what it printed. */
async function redrive(...args: string[]) {
  const lines: string[] = [];
  const status = await runRedrive(counting.broker, counting.name, args, (line) => lines.push(line));
  return { status, lines };
}
async function deadLetters() {
  const { lines } = await redrive("--list", "--json");
  return JSON.parse(lines[0] ?? "").letters;
}

test("an event that breaks its contract is not stored", () => {
  const wrong = { thing: "a", number: 1.5 };
  expect(() => outboxRow(counting.event, "a", wrong)).toThrow(EventContractError);
  expect(() => outboxRow(counting.event, "a", wrong)).toThrow(/counted\.v1, \/number: must be integer/);
});

test("an event goes from one transaction to another, once, however often its message is delivered", async () => {
  const { context } = await start();
  await counting.tell("apple", 1);
  context.wakeOutbox();
  await expect.poll(() => counting.counts(), PATIENCE).toEqual([{ thing: "apple", number: 1 }]);

  const messageId = randomUUID();
  for (let copy = 0; copy < 5; copy++) await counting.send({ thing: "pear", number: 2 }, { messageId });
  await counting.send({ thing: "plum", number: 3 });
  await expect.poll(() => counting.inbox(), PATIENCE).toEqual({ handled: 3 });
  expect((await counting.counts()).toSorted((a, b) => a.number - b.number)).toEqual([
    { thing: "apple", number: 1 },
    { thing: "pear", number: 2 },
    { thing: "plum", number: 3 },
  ]);
});

test("an event that fails is tried again after a while; only later ones of the same thing wait for it", async () => {
  let isBroken = true;
  counting.whenHandled = ({ thing, number }) => {
    if (isBroken && thing === "stuck" && number === 1) throw new Error("not yet");
  };
  const { adminUrl } = await start({ EVENT_ATTEMPTS: "100" });
  await counting.tell("stuck", ...numbers(4));
  for (let thing = 0; thing < 50; thing++) await counting.tell(`free ${thing}`, 0, 1);
  await expect.poll(async () => (await counting.counts()).length, PATIENCE).toBe(101);
  expect(await counting.numbersOf("stuck")).toEqual([0]);

  isBroken = false;
  await expect.poll(() => counting.numbersOf("stuck"), PATIENCE).toEqual([0, 1, 2, 3]);
  const metrics = await (await request(`${adminUrl}/metrics`)).body.text();
  expect(metrics).toMatch(/^inbox_retries_total\{event="[^"]+counted\.v1"\} [1-9]/m);
  expect(metrics).toMatch(/^inbox_handled_total\{event="[^"]+counted\.v1"\} 104$/m);
  expect(metrics).toMatch(/^inbox_lag_seconds 0$/m);
});

test("one that is given up becomes a dead letter with its reason; redriven, it is handled in its place", async () => {
  let isBroken = true;
  counting.whenHandled = ({ thing }) => {
    if (isBroken && thing === "poison") throw new RangeError('cannot count "Ada Lovelace"');
  };
  const { adminUrl } = await start({ EVENT_ATTEMPTS: "3" });
  await counting.tell("poison", 0, 1, 2);
  await counting.tell("apple", 0);
  await expect.poll(() => counting.inbox(), PATIENCE).toEqual({ dead: 1, waiting: 2, handled: 1 });
  expect(await (await request(`${adminUrl}/metrics`)).body.text()).toMatch(/^inbox_dead_letters 1$/m);

  const [letter, ...others] = await deadLetters();
  expect(others).toEqual([]);
  expect(letter).toMatchObject({
    event: `${counting.event.name}.v1`,
    publisher: counting.name,
    aggregateId: "poison",
    failure: { kind: "RangeError", detail: "cannot count …" },
    attempts: 3,
  });
  expect(Date.parse(letter.diedAt)).not.toBeNaN();

  expect(await redrive("--all", "--dry-run")).toMatchObject({ status: 0 });
  expect(await redrive("--message", randomUUID())).toMatchObject({ status: 1 });
  await expect.poll(deadLetters, PATIENCE).toHaveLength(1);
  isBroken = false;
  expect(await redrive("--message", letter.messageId)).toMatchObject({ status: 0 });
  await expect.poll(() => counting.inbox(), PATIENCE).toEqual({ handled: 4 });
  expect(await counting.numbersOf("poison")).toEqual([0, 1, 2]);
  expect(await deadLetters()).toEqual([]);
});

test("a dead letter that is discarded is forgotten, and later events of the same thing go on", async () => {
  counting.whenHandled = ({ thing, number }) => {
    if (thing === "poison" && number === 0) throw new Error("never");
  };
  await start({ EVENT_ATTEMPTS: "2" });
  await counting.tell("poison", 0, 1);
  await expect.poll(() => counting.inbox(), PATIENCE).toEqual({ dead: 1, waiting: 1 });
  await redrive("--all", "--discard");
  await expect.poll(() => counting.inbox(), PATIENCE).toEqual({ handled: 2 });
  expect(await counting.numbersOf("poison")).toEqual([1]);
  expect(await deadLetters()).toEqual([]);
});

test("dead letters may be listed as often as one likes", async () => {
  await start();
  await counting.send({ thing: "unreadable" });
  await expect.poll(deadLetters, PATIENCE).toHaveLength(1);
  for (let time = 0; time < 30; time++) await expect.poll(deadLetters, PATIENCE).toHaveLength(1);
});

test("what cannot be read is a dead letter at once, and harms nothing else", async () => {
  await start();
  const strange: [body: string | Buffer | object, envelope: object][] = [
    [{ thing: 1 }, {}],
    [{ thing: "a", number: 1 }, { messageId: "no UUID" }],
    [{ thing: "a", number: 1 }, { messageId: undefined }],
    [{ thing: "a", number: 1 }, { headers: { "aggregate-id": "\u0000" } }],
    [{ thing: "a", number: 1 }, { headers: { "aggregate-id": "x".repeat(501) } }],
    [Buffer.from("{"), {}],
    [Buffer.from([0, 255]), { contentType: "image/png" }],
    [Buffer.from("null"), {}],
  ];
  for (const [body, envelope] of strange) await counting.send(body, envelope);
  await counting.send({ thing: "sound", number: 1 }, { headers: { sequence: "odd", "occurred-at": 7 } });
  await expect.poll(deadLetters, PATIENCE).toHaveLength(strange.length);
  await expect.poll(() => counting.inbox(), PATIENCE).toMatchObject({ handled: 1 });
  // Nobody but the service itself can make it forget an event or take another one for it.
  const messageId = randomUUID();
  await counting.send(
    { thing: "b", number: 1 },
    { messageId, type: "other.v1", headers: { discard: "true" } },
  );
  await expect.poll(() => counting.numbersOf("b"), PATIENCE).toEqual([1]);
});

test("an event of a newer version waits for a replica that knows it, and is given up when none comes", async () => {
  await start();
  const { events } = counting.topology;
  const key = `${counting.name}.painted.v1`;
  await counting.broker.channel((channel) =>
    channel.queueBind({ exchange: EVENTS_EXCHANGE, queue: events, routingKey: key }),
  );
  await counting.send({ thing: "a" }, { routingKey: key });
  await counting.send({ thing: "b", number: 1 });
  await expect.poll(() => counting.inbox(), PATIENCE).toEqual({ waiting: 1, handled: 1 });
  expect(await deadLetters()).toEqual([]);

  await counting.own.database.script("UPDATE inbox SET received_at = now() - interval '2 hours'");
  await expect
    .poll(deadLetters, PATIENCE)
    .toMatchObject([{ event: key, failure: { detail: `nobody here handles ${key}` } }]);
});

test("what fast-check thinks of: a message is handled or a dead letter, and nothing stops", async () => {
  await start({ EVENT_ATTEMPTS: "1" });
  const header = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.double({ noNaN: true, min: -1e15, max: 1e15 }),
    fc.boolean(),
  );
  const messages = fc.sample(
    fc.record({
      body: fc.oneof(
        fc.json().map((text) => Buffer.from(text)),
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.record({ thing: fc.string({ unit: "binary" }), number: fc.integer() }),
      ),
      envelope: fc.record(
        {
          messageId: fc.oneof(fc.uuid(), fc.string({ maxLength: 40 })),
          appId: fc.string({ maxLength: 40 }),
          headers: fc.record(
            { "aggregate-id": header, sequence: header, "occurred-at": header },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
    }),
    { numRuns: 150, seed: 3 },
  );
  for (const { body, envelope } of messages) await counting.send(body, envelope);
  await counting.send({ thing: "last", number: 1 });
  await expect.poll(() => counting.numbersOf("last"), PATIENCE).toEqual([1]);
  await expect.poll(async () => (await counting.inbox()).waiting ?? 0, PATIENCE).toBe(0);
});

test("replicas that come and go hand over without losing, doubling or swapping events", async () => {
  const things = ["a", "b", "c", "d"];
  const total = 150;
  for (let replica = 0; replica < 2; replica++) await start();
  let told = 0;
  const telling = (async () => {
    for (; told < total; told++) for (const thing of things) await counting.tell(thing, told);
  })();
  for (let change = 1; change <= 5; change++) {
    await expect.poll(() => told, { ...PATIENCE, interval: 5 }).toBeGreaterThanOrEqual((total * change) / 6);
    await Promise.all([start(), replicas.shift()?.stop()]);
  }
  await telling;
  await expect.poll(() => counting.inbox(), PATIENCE).toEqual({ handled: things.length * total });
  for (const thing of things) expect(await counting.numbersOf(thing)).toEqual(numbers(total));
});

test("processes that are killed leave nothing undone, and do nothing twice or in another order", {
  timeout: 240_000,
}, async () => {
  const things = ["a", "b", "c", "d", "e", "f"];
  const total = 120;
  const processes = [await counting.spawn("reads"), await counting.spawn("reads")];
  await expect.poll(() => counting.listeners(), PATIENCE).toBe(1);
  let told = 0;
  const telling = (async () => {
    for (; told < total; told++) for (const thing of things) await counting.tell(thing, told);
  })();
  for (let death = 1; death <= 4; death++) {
    const enough = (things.length * total * death) / 6;
    const handled = async () => (await counting.counts()).length;
    await expect.poll(handled, { timeout: 60_000, interval: 5 }).toBeGreaterThanOrEqual(enough);
    const [victim] = processes.splice(0, 1, await counting.spawn("reads"));
    if (victim !== undefined) await killProcess(victim);
  }
  await telling;
  await expect.poll(() => counting.inbox(), { timeout: 60_000 }).toEqual({ handled: things.length * total });
  for (const thing of things) expect(await counting.numbersOf(thing)).toEqual(numbers(total));
});

test("an event whose process ends during every attempt is given up", async () => {
  counting.whenHandled = () => {
    throw new Error("never");
  };
  await start({ EVENT_RETRY_MILLISECONDS: "300000", EVENT_ATTEMPTS: "5" });
  await counting.tell("deadly", 0);
  await expect.poll(() => counting.inbox(), PATIENCE).toEqual({ waiting: 1 });
  // As five processes leave it that have taken it and were killed: their leases are over.
  const leave = "UPDATE inbox SET attempts = 5, due_at = now() WHERE attempts = 1 RETURNING message_id";
  await expect
    .poll(() => counting.own.database.query({ name: "test-leave", text: leave }), PATIENCE)
    .toHaveLength(1);
  await expect
    .poll(deadLetters, PATIENCE)
    .toMatchObject([{ aggregateId: "deadly", failure: { kind: "Killed" } }]);
});

test("events wait while the database is away, however long, and none of them is given up", async () => {
  const way = await interruptible(counting.own.url);
  await start({ DATABASE_URL: way.url, EVENT_ATTEMPTS: "2" });
  await counting.tell("before", 0);
  await expect.poll(() => counting.numbersOf("before"), PATIENCE).toEqual([0]);

  await way.cut();
  for (const number of numbers(30)) await counting.send({ thing: "meanwhile", number });
  await expect.poll(() => counting.listeners()).toBe(1);
  await way.restore();
  await expect.poll(async () => (await counting.numbersOf("meanwhile")).length, PATIENCE).toBe(30);
  expect(await deadLetters()).toEqual([]);
  await replicas.splice(0).at(0)?.stop();
  await way.cut();
});

test("events arrive in their order over a broker that goes away again and again", async () => {
  const way = await interruptible(testServer("TEST_BROKER_URL"));
  const { context } = await start({ BROKER_URL: way.url });
  for (let time = 0; time < 3; time++) {
    await counting.tell("a", time * 20 + 0, ...numbers(19).map((number) => time * 20 + number + 1));
    context.wakeOutbox();
    await expect.poll(async () => (await counting.counts()).length, PATIENCE).toBeGreaterThan(time * 20);
    await way.cut();
    await way.restore();
  }
  await expect.poll(async () => (await counting.counts()).length, PATIENCE).toBe(60);
  expect(await counting.numbersOf("a")).toEqual(numbers(60));
  await replicas.splice(0).at(0)?.stop();
  await way.cut();
});
