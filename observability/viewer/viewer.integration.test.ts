/** The viewer in a browser, before a Prometheus that answers as it is told. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleWeb, writeFiles } from "../../images/web.ts";
import { type RunningService, startService } from "../../services/chassis/index.ts";
import { silentLog } from "../../services/chassis/test/running.ts";
import {
  barriersOn,
  complaintsOf,
  openBrowser,
  VIEWPORTS,
  visit,
} from "../../services/storefront/test/browser.ts";
import { contentWidth, smallTargets } from "../../services/storefront/test/in-page.ts";
import { type Dashboard, lines, number, query, table } from "../dashboards/model.ts";
import { viewerService } from "./src/viewer.ts";

/** Smallest side of what is pressed, in CSS pixels. */
const TARGET = 44;
const dashboards: Record<string, Dashboard> = {
  "platform-overview": {
    uid: "overview",
    title: "Platform overview",
    rows: [
      {
        title: "Now",
        panels: [
          number("Orders", "short", "orders", { description: "Of the last hour." }),
          number("Nothing", "short", "absent"),
        ],
      },
      {
        title: "Requests",
        panels: [
          lines("By service", "reqps", [query("{{job}}", "requests")]),
          lines("Failures", "reqps", [query("{{job}}", "absent")], { mayBeEmpty: true }),
          table("Autoscalers", "short", "job", [query("now", "requests"), query("most", "requests")]),
        ],
      },
      { title: "Again", panels: [lines("By service", "s", [query("{{job}}", "requests")])] },
    ],
  },
  capacity: { uid: "capacity", title: "Capacity", rows: [] },
};

let directory: string;
let prometheus: Server;
let viewer: RunningService;
let browser: Browser;
/** What was asked for, and whether Prometheus is there to answer. */
const asked: string[] = [];
let away = false;

function answer(body: string): unknown[] {
  const parameters = new URLSearchParams(body);
  const expression = parameters.get("query") ?? "";
  asked.push(expression);
  if (expression === "absent") return [];
  const from = Number(parameters.get("start") ?? parameters.get("time"));
  return ["order", "cart", "catalog"].map((job, index) => ({
    metric: { job },
    ...(parameters.has("step")
      ? {
          values: Array.from({ length: 60 }, (_, n) => [
            from + n * Number(parameters.get("step")),
            `${index + n}`,
          ]),
        }
      : { value: [from, "1234"] }),
  }));
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "tradestack-viewer-"));
  writeFiles((await bundleWeb("viewer"))?.files ?? [], join(directory, "web"));
  writeFileSync(join(directory, "dashboards.json"), JSON.stringify(dashboards));
  prometheus = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      response.statusCode = away ? 503 : 200;
      response.end(JSON.stringify({ data: { result: away ? [] : answer(body) } }));
    });
  });
  await new Promise<void>((resolve) => prometheus.listen(0, "127.0.0.1", resolve));
  const address = prometheus.address();
  const port = typeof address === "object" ? address?.port : undefined;
  [viewer, browser] = await Promise.all([
    startService(viewerService, {
      environment: {
        PROMETHEUS_URL: `http://127.0.0.1:${port}`,
        DASHBOARDS_FILE: join(directory, "dashboards.json"),
        WEB_DIRECTORY: join(directory, "web"),
      },
      log: silentLog,
      apiPort: 0,
      adminPort: 0,
      host: "127.0.0.1",
    }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await viewer?.stop();
  prometheus?.close();
  rmSync(directory, { recursive: true });
});

const panel = (page: Page, name: string) => page.getByRole("article", { name }).first();

describe.each([
  ["a phone", VIEWPORTS.phone],
  ["a desk", VIEWPORTS.desktop],
] as const)("on %s", (_name, viewport) => {
  test.each(["light", "dark"] as const)("in %s nothing is in anybody's way", async (colorScheme) => {
    const page = await visit(browser, { viewport, colorScheme });
    const complaints = complaintsOf(page.context());
    await page.goto(viewer.apiUrl);
    await panel(page, "By service").waitFor();
    expect(await barriersOn(page)).toEqual([]);
    expect(await smallTargets(page, TARGET)).toEqual([]);
    expect(await contentWidth(page)).toBeLessThanOrEqual(viewport.width);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

test("each panel shows what there is, and says where there is nothing", async () => {
  const page = await visit(browser);
  await page.goto(viewer.apiUrl);
  await expect.poll(() => panel(page, "Orders").textContent()).toBe("Orders1.23 kOf the last hour.");
  expect(await panel(page, "Nothing").textContent()).toContain("no data");
  expect(await panel(page, "Failures").textContent()).toContain("none");
  expect(await panel(page, "By service").locator("canvas").count()).toBe(1);
  expect(await panel(page, "Autoscalers").getByRole("row", { name: "cart 1.23 k 1.23 k" }).count()).toBe(1);
  await page.context().close();
});

test("ranges, dashboards and the theme are chosen by keyboard alone, and the address keeps what was chosen", async () => {
  const page = await visit(browser);
  await page.goto(viewer.apiUrl);
  await page.getByRole("button", { name: "6h" }).press("Enter");
  await expect.poll(() => page.url()).toContain("/dashboards/platform-overview?range=6h");
  await page.getByRole("link", { name: "Capacity" }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "Capacity" }).waitFor();
  expect(page.url()).toContain("/dashboards/capacity?range=6h");
  await page.getByRole("button", { name: "Dark" }).press("Enter");
  await page.reload();
  expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Platform overview" }).waitFor();
  await page.context().close();
});

test("nobody can ask for anything but the dashboards' own queries", async () => {
  const path = "/api/dashboards/platform-overview";
  await fetch(`${viewer.apiUrl}${path}?range=15m&query=secrets`);
  expect((await fetch(`${viewer.apiUrl}/api/dashboards/__proto__`)).status).toBe(404);
  expect((await fetch(`${viewer.apiUrl}${path}?range=10y`)).status).toBe(400);
  expect((await fetch(`${viewer.apiUrl}/api/v1/query?query=up`)).status).toBe(404);
  expect([...new Set(asked)].sort()).toEqual(["absent", "orders", "requests"]);
});

test("a Prometheus that does not answer is told in the panels", async () => {
  away = true;
  const page = await visit(browser);
  await page.goto(`${viewer.apiUrl}/dashboards/platform-overview?range=24h`);
  await expect
    .poll(() => panel(page, "Orders").textContent())
    .toContain("Prometheus answers with status 503");
  away = false;
  await page.context().close();
});
