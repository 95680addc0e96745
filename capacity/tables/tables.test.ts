import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { services } from "../../services/index.ts";
import { demandOf } from "./demand.ts";
import { nodeType, pricesOf } from "./prices.ts";
import { readTable } from "./read.ts";

const own = (what: string) => readTable(join(import.meta.dirname, `${what}.json`), what);

test("the project's own tables can be read, and know every service", () => {
  const prices = pricesOf(own("prices"), "prices.json");
  expect(nodeType(prices, prices.default).hourly).toBeGreaterThan(0);
  const { workloads } = demandOf(own("demand"), "demand.json");
  expect([...workloads.keys()]).toEqual(expect.arrayContaining(services.map(({ name }) => name)));
});

const part = (requests: number, cpuMilliseconds: number) => ({ requests, cpuMilliseconds });
const demand = {
  date: "2026-11-21",
  source: "guessed",
  viewsPerOrder: 10,
  workloads: { order: { active: 1, idleMillicores: 5, order: part(2, 6), view: part(1, 3) } },
};
const prices = {
  date: "2026-11-21",
  currency: "EUR",
  source: "a friend",
  controlPlaneHourly: 0,
  reserved: { cpu: "500m", memory: "1Gi" },
  default: "small",
  nodes: { small: { cpu: "2", memory: "4Gi", pods: 30, hourly: 0.05 } },
};

test("what an order costs includes the pages that were looked at before it", () => {
  const of = (views?: number) => demandOf(demand, "own.json", views).workloads.get("order");
  expect(of()).toMatchObject({ active: 1, requestsPerOrder: 12, idleCpu: 0.005 });
  expect(of()?.cpuSecondsPerRequest).toBeCloseTo(0.003);
  expect(of(0)).toMatchObject({ requestsPerOrder: 2, cpuSecondsPerRequest: 0.003 });
});

test("pods get what a node has beyond what is reserved", () => {
  const { allocatable } = nodeType(pricesOf(prices, "own.json"), "small");
  expect(allocatable).toEqual({ cpu: 1.5, memory: 3 * 2 ** 30 });
});

test.each<[string, unknown, string]>([
  ["no object", [], "own.json: is not an object"],
  [
    "a typo",
    { ...demand, viewPerOrder: 1 },
    'own.json: viewPerOrder is not known; did you mean "viewsPerOrder"?',
  ],
  [
    "no date",
    { ...demand, date: "yesterday" },
    'own.json: date: "yesterday" is not a date; write it like 2026-11-21',
  ],
  [
    "a negative number",
    { ...demand, viewsPerOrder: -1 },
    "own.json: viewsPerOrder: -1 is not a number of 0 or more",
  ],
  [
    "a missing figure",
    { ...demand, workloads: { order: { idleMillicores: 1, order: part(1, 1), view: { requests: 1 } } } },
    "own.json: workloads.order.view.cpuMilliseconds: undefined is not a number",
  ],
])("a table of demand with %s is refused with the place", (_, table, message) => {
  expect(() => demandOf(table, "own.json")).toThrow(message);
});

test.each<[string, unknown, string]>([
  [
    "no quantity",
    { ...prices, reserved: { cpu: "1 core", memory: "1Gi" } },
    'own.json: reserved.cpu: "1 core" is not a quantity; write it like 500m',
  ],
  [
    "nothing left of a node",
    { ...prices, reserved: { cpu: "2", memory: "1Gi" } },
    "own.json: nodes.small: nothing is left of it",
  ],
  ["an unknown default", { ...prices, default: "smal" }, 'node "smal" has no price; did you mean "small"?'],
  [
    "a price that is no number",
    { ...prices, controlPlaneHourly: "0.10" },
    'own.json: controlPlaneHourly: "0.10" is not a number',
  ],
])("a table of prices with %s is refused with the place", (_, table, message) => {
  expect(() => pricesOf(table, "own.json")).toThrow(message);
});

test("a file that is not there, or is not JSON, is named", () => {
  const folder = mkdtempSync(join(tmpdir(), "tradestack-tables-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "broken.json"), "{");
  expect(() => readTable(join(folder, "none.json"), "prices")).toThrow(
    /none\.json cannot be read; name a file of prices/,
  );
  expect(() => readTable(join(folder, "broken.json"), "prices")).toThrow(/broken\.json is not JSON: /);
});
