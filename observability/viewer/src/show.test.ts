import fc from "fast-check";
import { expect, test } from "vitest";
import { type Dashboard, lines, number, query, table } from "../../dashboards/model.ts";
import { RANGES } from "../answers.ts";
import { type Ask, PrometheusError, type Series } from "./prometheus.ts";
import { MOST_LINES, show, timesOf, windowOf } from "./show.ts";

const WINDOW = { start: 0, end: 60, step: 15 };
const dashboard: Dashboard = {
  uid: "u",
  title: "Shop",
  rows: [
    {
      title: "Now",
      panels: [
        lines("Requests", "reqps", [query("{{job}} {{none}}", "requests")]),
        number("Orders", "short", "orders", { mayBeEmpty: true }),
        table("Autoscalers", "short", "hpa", [query("now", "now"), query("most", "most")]),
      ],
    },
  ],
};
const series = (labels: Record<string, string>, ...values: [number, number | null][]): Series => ({
  labels,
  values,
});
/** What is shown of the panels, when Prometheus has these answers. */
async function shown(answers: Readonly<Record<string, Series[]>>) {
  const ask: Ask = async (expression) => answers[expression] ?? [];
  const { rows } = await show("shop", dashboard, WINDOW, ask);
  return rows[0]?.panels.map((panel) => panel.shown);
}

test("a window ends at its step, so that everybody who looks within it asks for the same", () => {
  fc.assert(
    fc.property(fc.constantFrom(...RANGES), fc.double({ min: 1e9, max: 2e9, noNaN: true }), (range, now) => {
      const window = windowOf(range, now);
      expect(window.end).toBeLessThanOrEqual(now);
      expect(now - window.end).toBeLessThan(window.step);
      expect(windowOf(range, window.end)).toEqual(window);
      const times = timesOf(window);
      expect([times[0], times.at(-1)]).toEqual([window.start, window.end]);
      // Prometheus refuses more than 11,000, and no screen is as wide.
      expect(times.length).toBeLessThan(200);
    }),
  );
});

test("lines are named by their labels and have a value or a gap at each time", async () => {
  const answer = {
    requests: [series({ job: "order" }, [15, 2], [45, null]), series({ job: "cart" }, [0, 1])],
  };
  expect((await shown(answer))?.[0]).toEqual({
    kind: "lines",
    lines: [
      { name: "cart", values: [1, null, null, null, null] },
      { name: "order", values: [null, 2, null, null, null] },
    ],
    more: 0,
  });
});

test("of too many lines the largest are kept, and the others counted", async () => {
  const many = Array.from({ length: MOST_LINES + 5 }, (_, index) =>
    series({ job: `job-${index}` }, [0, index]),
  );
  const panel = (await shown({ requests: many }))?.[0];
  expect(panel).toMatchObject({ kind: "lines", more: 5 });
  expect(JSON.stringify(panel)).not.toContain('"job-4"');
  expect(JSON.stringify(panel)).toContain('"job-5"');
});

test("a number is the latest value, or none", async () => {
  expect((await shown({ orders: [series({}, [60, 7])] }))?.[1]).toEqual({ kind: "number", value: 7 });
  expect((await shown({}))?.[1]).toEqual({ kind: "number", value: null });
});

test("a table has a row for each value of its label, and gaps where a query has nothing", async () => {
  const answer = {
    now: [series({ hpa: "order" }, [60, 3]), series({ hpa: "cart" }, [60, 1])],
    most: [series({ hpa: "order" }, [60, 6])],
  };
  expect((await shown(answer))?.[2]).toEqual({
    kind: "table",
    columns: ["now", "most"],
    rows: [
      { name: "cart", values: [1, null] },
      { name: "order", values: [3, 6] },
    ],
  });
});

test("a question without an answer is told in its own panel, and takes nothing from the others", async () => {
  const ask: Ask = async (expression) => {
    if (expression === "requests") throw new PrometheusError("Prometheus does not answer");
    return [];
  };
  const { rows } = await show("shop", dashboard, WINDOW, ask);
  expect(rows[0]?.panels.map((panel) => panel.shown.kind)).toEqual(["problem", "number", "table"]);
});
