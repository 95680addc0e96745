import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OF_SERVICES } from "./exported.ts";

const services = join(import.meta.dirname, "..", "..", "services");

test("each metric of the services is in their code", () => {
  const declared = globSync(["chassis/*.ts", "*/src/**/*.ts"], { cwd: services })
    .filter((path) => !path.endsWith(".test.ts"))
    .flatMap((path) => [
      ...readFileSync(join(services, path), "utf8").matchAll(
        /metrics\.(?:counter|gauges?)\(\s*"(\w+)"|new (?:Histogram|Counter|Gauge)(?:<[^>]*>)?\(\{\s*name: "(\w+)"/g,
      ),
    ])
    .map(([, ours, other]) => ours ?? other);
  expect(OF_SERVICES.filter((name) => !declared.includes(name))).toEqual([]);
});
