import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8");

test("the program exports exactly the outputs that others can read", () => {
  const [, shape = ""] = /interface StackOutputs \{([^}]*)\}/.exec(read("outputs.ts")) ?? [];
  const described = [...shape.matchAll(/readonly (\w+):/g)].map(([, name]) => name);
  const exported = [...read("index.ts").matchAll(/^export const \{ ([^}]*) \} = outputs;$/gm)].flatMap(
    ([, names = ""]) => names.split(", "),
  );
  expect(described).not.toEqual([]);
  expect(exported).toEqual(described);
  expect(read("index.ts").match(/^export /gm)).toHaveLength(1);
});
