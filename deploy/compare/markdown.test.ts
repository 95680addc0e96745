import fc from "fast-check";
import { expect, test } from "vitest";
import { ACTIONS, type Change, endangersData, type StackComparison } from "./compare.ts";
import { asMarkdown, block, COMMENT_LIMIT, code, MARKER } from "./markdown.ts";

/** Text with all that Markdown, HTML and terminals read as more than text. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "`",
        "```",
        "~~~",
        "|",
        "<",
        "</details>",
        "@everyone",
        "**",
        "\n",
        "\r",
        "\u202e",
        " ",
      ),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));
const change: fc.Arbitrary<Change> = fc.record({
  action: fc.constantFrom(...ACTIONS),
  resource: fc.record({
    key: hostile,
    urn: hostile,
    type: hostile,
    title: hostile,
    holdsData: fc.boolean(),
    value: fc.constant({}),
  }),
  differences: fc.array(
    fc.record({ path: hostile, before: fc.option(hostile, { nil: undefined }), after: hostile }),
    { maxLength: 4 },
  ),
  note: hostile,
});
const comparisons: fc.Arbitrary<StackComparison[]> = fc.array(
  fc.record({
    stack: fc.constantFrom("dev", "staging", "prod"),
    note: hostile,
    changes: fc.array(change, { maxLength: 12 }),
    unchanged: fc.nat(100),
  }),
  { maxLength: 3 },
);
const resource = { key: "k", urn: "u", type: "t", title: "service/web", holdsData: false, value: {} };
const one = (more: Partial<Change>): Change => ({
  action: "change",
  resource,
  differences: [],
  note: "",
  ...more,
});
const stack = (changes: Change[]): StackComparison => ({ stack: "prod", note: "", changes, unchanged: 5 });

/** The code spans of a line as CommonMark finds them, and what is left of it. */
function spans(line: string): { spans: string[]; rest: string } {
  const found: string[] = [];
  const rest = line.replaceAll(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, (_all, _fence, inner: string) => {
    found.push(/^ .* $/.test(inner) && inner.trim() !== "" ? inner.slice(1, -1) : inner);
    return "";
  });
  return { spans: found, rest };
}

test("whatever a text holds, as code it is one code span and nothing else", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const read = spans(code(text));
      expect(read.rest).toBe("");
      expect(read.spans).toHaveLength(1);
      const seen = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029�]/gu, "");
      expect(read.spans[0]?.replaceAll("�", "").trim()).toBe(seen.trim());
    }),
  );
});

test("no line closes the block that it is in", () => {
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 5 }), (lines) => {
      const [open = "", ...rest] = block("diff", lines).split("\n");
      const fence = open.replace("diff", "");
      const end = rest.findIndex((line) => line.trim().startsWith(fence));
      expect(end).toBe(rest.length - 1);
    }),
  );
});

test("outside of code there is nothing of what was compared, and every block is closed", () => {
  fc.assert(
    fc.property(comparisons, (all) => {
      let fence: string | undefined;
      for (const line of asMarkdown("main", all).split("\n")) {
        const [ticks] = /^`{3,}/.exec(line) ?? [];
        if (fence !== undefined) {
          if (line === fence) fence = undefined;
        } else if (ticks !== undefined && line === `${ticks}diff`) fence = ticks;
        else {
          // What we write ourselves is all that is left.
          const { rest } = spans(line);
          if (line !== MARKER) expect(rest).not.toMatch(/@|`|<(?!\/?(details|summary)>)/);
        }
      }
      expect(fence).toBeUndefined();
    }),
  );
});

test("a comment keeps to its limit, and tells how many resources it leaves out", () => {
  fc.assert(
    fc.property(comparisons, fc.integer({ min: 6000, max: 12_000 }), (all, limit) => {
      const text = asMarkdown("main", all, limit);
      expect(text.length).toBeLessThanOrEqual(limit);
      const changes = all.flatMap((comparison) => comparison.changes);
      const told = (text.match(/^(\*\*)?(removed|replaced|changed|added) `/gm) ?? []).length;
      const warned = (text.match(/^- \*\*`(dev|staging|prod)`: /gm) ?? []).length;
      const leftOut = [...text.matchAll(/^… and (\d+) more that/gm)].reduce(
        (sum, [, n]) => sum + Number(n),
        0,
      );
      expect(told + warned + leftOut).toBe(changes.length + changes.filter(endangersData).length);
    }),
  );
});

test("a change of everything fits into GitHub's limit by whole resources", () => {
  const differences = Array.from({ length: 60 }, (_, index) => ({
    path: `spec.field${index}`,
    before: "x".repeat(100),
    after: "y".repeat(100),
  }));
  const text = asMarkdown("main", [stack(Array.from({ length: 200 }, () => one({ differences })))]);
  expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
  expect(text.length).toBeGreaterThan(COMMENT_LIMIT - 12_000);
  expect(text).toContain("… and 20 more fields");
  expect(text).toMatch(/… and 1\d\d more that did not fit here; `npm run preview -- --against main`/);
});

test("what takes data with it stands in bold, before everything else", () => {
  const claim = { ...resource, title: "persistentvolumeclaim/data", holdsData: true };
  const text = asMarkdown("main", [
    stack([one({ action: "remove", resource: claim }), one({ action: "add" })]),
  ]);
  expect(text).toContain("- **`prod`: `persistentvolumeclaim/data` holds data and would be removed**");
  expect(text).toContain("**removed `persistentvolumeclaim/data`, which holds data**");
  expect(text.indexOf("holds data and")).toBeLessThan(text.indexOf("<details>"));
  expect(text).toContain("| `prod` | 1 | 0 | 0 | 1 | 5 |");
});

test("fields are lines that GitHub colours; nothing to tell is a table of zeros", () => {
  const differences = [
    { path: "spec.replicas", before: 2, after: 3 },
    { path: "spec.paused", before: undefined, after: true },
  ];
  expect(asMarkdown("main", [stack([one({ differences })])])).toContain(
    "```diff\n- spec.replicas: 2\n+ spec.replicas: 3\n+ spec.paused: true\n```",
  );
  const nothing = asMarkdown("main", [stack([])]);
  expect(nothing).toContain("| `prod` | 0 | 0 | 0 | 0 | 5 |");
  expect(nothing).not.toContain("<details>");
});
