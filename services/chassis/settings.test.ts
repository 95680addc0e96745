import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { integer, oneOf, readSettings, SettingsError, text, url } from "./settings.ts";

const directory = mkdtempSync(join(tmpdir(), "settings-"));
afterAll(() => rmSync(directory, { recursive: true }));

const spec = {
  DATABASE_URL: url(["postgres:"]),
  PAGE_SIZE: integer(1, 100, 20),
  LEVEL: oneOf(["low", "high"], "low"),
  NAME: text("nobody"),
};
const DATABASE_URL = "postgres://order:pw@db/order";

describe("settings", () => {
  test("come from variables, and from defaults where those are missing or empty", () => {
    expect(readSettings(spec, { DATABASE_URL, PAGE_SIZE: "7", NAME: "" })).toEqual({
      DATABASE_URL,
      PAGE_SIZE: 7,
      LEVEL: "low",
      NAME: "nobody",
    });
  });

  test("come from the file that NAME_FILE names, which wins, without its last line break", () => {
    const file = join(directory, "url");
    writeFileSync(file, `${DATABASE_URL}\n`);
    const environment = { DATABASE_URL_FILE: file, DATABASE_URL: "postgres://other" };
    expect(readSettings(spec, environment).DATABASE_URL).toBe(DATABASE_URL);
  });

  test("that are wrong are all named at once, with the remedy and without their values", () => {
    const environment = { PAGE_SIZE: "many", LEVEL: "top", NAME_FILE: "/no/such/file" };
    const read = () => readSettings(spec, environment);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(
      [
        "DATABASE_URL is not set; set it, or DATABASE_URL_FILE to the path of a file that holds it",
        "PAGE_SIZE must be a whole number from 1 to 100",
        "LEVEL must be one of low, high",
        'NAME cannot be read from "/no/such/file"; let NAME_FILE name a readable file',
      ].join("\n"),
    );
    expect(() => readSettings(spec, { DATABASE_URL: "mysql://secret" })).not.toThrow(/secret/);
  });

  test.each(["", "1.5", "0", "101", "1e9", " ", "NaN"])("refuses %j as a number from 1 to 100", (value) => {
    const read = () => readSettings({ SIZE: integer(1, 100) }, { SIZE: value });
    expect(read).toThrow(/^SIZE /);
  });
});
