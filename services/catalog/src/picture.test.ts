import { expect, test } from "vitest";
import { COLOUR_NAMES, type Drawing, FINISH_NAMES, SHAPES } from "./drawing.ts";
import { drawPicture, pictureVersion } from "./picture.ts";

const drawings: Drawing[] = SHAPES.flatMap((shape) =>
  FINISH_NAMES.flatMap((finish, index) => [
    { shape, finish },
    { shape, finish, colour: COLOUR_NAMES[index % COLOUR_NAMES.length] ?? "sand" },
    { shape, finish, view: "detail" as const },
  ]),
);

/** Names of elements that are opened and not closed, or the other way round. */
function unbalanced(svg: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, end, name = "", empty] of svg.matchAll(
    /<(\/?)([a-zA-Z]+)(?:\s+[a-zA-Z0-9-]+="[^"<>]*")*\s*(\/?)>/g,
  )) {
    if (end) {
      if (open.pop() !== name) wrong.push(name);
    } else if (!empty) open.push(name);
  }
  return [...wrong, ...open];
}

test("every drawing is well-formed, small, and brings nothing from elsewhere", () => {
  for (const drawing of drawings) {
    const svg = drawPicture(drawing);
    expect(unbalanced(svg)).toEqual([]);
    // What is left when all elements are taken away: nothing.
    expect(svg.replace(/<\/?[a-zA-Z]+(?:\s+[a-zA-Z0-9-]+="[^"<>]*")*\s*\/?>/g, "")).toBe("");
    expect(svg.length).toBeLessThan(8000);
    expect(svg).not.toMatch(/script|href|NaN|undefined|="[LDAW]"/);
  }
});

test("drawings are the same every time, and have different versions where they look different", () => {
  const looks = drawings.map(drawPicture);
  expect(drawings.map((drawing) => drawPicture({ ...drawing }))).toEqual(looks);
  const byVersion = new Map(drawings.map((drawing, index) => [pictureVersion(drawing), looks[index]]));
  expect(byVersion.size).toBe(new Set(looks).size);
  expect(byVersion.size).toBeGreaterThan(SHAPES.length * FINISH_NAMES.length * 2);
});

test("the version does not depend on how the drawing is written down", () => {
  expect(pictureVersion({ finish: "oak", shape: "mug" })).toBe(
    pictureVersion({ shape: "mug", finish: "oak" }),
  );
});
