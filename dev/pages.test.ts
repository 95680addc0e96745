import { existsSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { watchPages } from "./pages.ts";

const SOURCE = join(import.meta.dirname, "../services/storefront/web/index.html");

test("pages are built, and again when one of their files changes", async () => {
  const directory = join(mkdtempSync(join(tmpdir(), "pages-")), "storefront");
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const lines: string[] = [];
  expect(await watchPages("storefront", directory, (line) => lines.push(line), ending.signal)).toBe(
    directory,
  );
  const page = () => readFileSync(join(directory, "index.html"), "utf8");
  const first = page();
  expect(first).toMatch(/\/assets\/main-\w+\.js/);

  // A build that is the same again is seen by what it throws away.
  const leftover = join(directory, "leftover");
  writeFileSync(leftover, "");
  utimesSync(SOURCE, new Date(), new Date());
  await expect.poll(() => existsSync(leftover), { timeout: 10_000 }).toBe(false);
  await expect.poll(page, { timeout: 10_000 }).toBe(first);
  expect(lines).toEqual([]);
});

test("a service without pages needs none", async () => {
  expect(await watchPages("catalog", "/nowhere", () => {}, new AbortController().signal)).toBeUndefined();
});
