import fc from "fast-check";
import { type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { expect, test } from "vitest";
import { breakingChanges, type JsonSchema } from "./breaking-changes.ts";

const json = (schema: TSchema): JsonSchema => JSON.parse(JSON.stringify(schema));
const changes = (released: TSchema, current: TSchema) => breakingChanges(json(released), json(current));

const released = Type.Object({
  id: Type.String({ format: "uuid" }),
  note: Type.Optional(Type.String()),
  lines: Type.Array(Type.Object({ sku: Type.String() })),
});

test("words may change, and fields be added that nobody has to send", () => {
  const { id, note, lines } = released.properties;
  const line = Type.Object({ sku: Type.String(), gift: Type.Optional(Type.Boolean()) });
  const current = Type.Object(
    { lines: Type.Array(line), id, note, colour: Type.Optional(Type.String()) },
    { description: "Something happened" },
  );
  expect(changes(released, released)).toEqual([]);
  expect(changes(released, Type.Object({ id, note, lines }))).toEqual([]);
  expect(changes(released, current)).toEqual([]);
});

const { id, note, lines } = released.properties;
test.each([
  ["a field that is gone", Type.Object({ id, lines }), "/note is gone"],
  [
    "a new field that must be sent",
    Type.Object({ id, note, lines, a: Type.String() }),
    "/a is new and required",
  ],
  [
    "a field that need not be sent any more",
    Type.Object({ id: Type.Optional(id), note, lines }),
    "/id is optional now",
  ],
  ["a field that must be sent now", Type.Object({ id, note: Type.String(), lines }), "/note is required now"],
  [
    "another type",
    Type.Object({ id: Type.Integer(), note, lines }),
    '/id: "type" is "integer", and was "string"',
  ],
  [
    "another format",
    Type.Object({ id: Type.String(), note, lines }),
    '/id: "format" is missing, and was "uuid"',
  ],
  [
    "a limit deep inside",
    Type.Object({ id, note, lines: Type.Array(Type.Object({ sku: Type.String({ maxLength: 3 }) })) }),
    '/lines/items/sku: "maxLength" is 3, and was missing',
  ],
])("%s is told", (_, current, change) => {
  expect(changes(released, current)).toContain(change);
});

test("a field is refused by readers that refuse what they do not know", () => {
  const strict = Type.Object({ id }, { additionalProperties: false });
  const wider = Type.Object({ id, note }, { additionalProperties: false });
  expect(changes(strict, wider)).toEqual(["/note is refused by released readers"]);
});

/** Fields by name, each with its type and whether it may be left out. */
const shape = fc.dictionary(
  fc.constantFrom("a", "b", "c"),
  fc.record({ kind: fc.constantFrom("text", "number"), isOptional: fc.boolean() }),
);
type Shape = Record<string, { kind: string; isOptional: boolean }>;
const schemaOf = (fields: Shape) =>
  Type.Object(
    Object.fromEntries(
      Object.entries(fields).map(([name, { kind, isOptional }]) => {
        const type = kind === "text" ? Type.String() : Type.Integer();
        return [name, isOptional ? Type.Optional(type) : type];
      }),
    ),
  );
/** The message with every field, and the one with as few as possible. */
const messagesOf = (fields: Shape) =>
  [true, false].map((all) =>
    Object.fromEntries(
      Object.entries(fields)
        .filter(([, { isOptional }]) => all || !isOptional)
        .map(([name, { kind }]) => [name, kind === "text" ? "text" : 7]),
    ),
  );

test("where nothing breaks, readers of either version take messages of the other", () => {
  fc.assert(
    fc.property(shape, shape, (before, after) => {
      fc.pre(changes(schemaOf(before), schemaOf(after)).length === 0);
      for (const message of messagesOf(before)) expect(Value.Check(schemaOf(after), message)).toBe(true);
      for (const message of messagesOf(after)) {
        // A field that a released reader does not know may hold anything.
        expect(Value.Check(schemaOf(before), message)).toBe(true);
      }
    }),
  );
});
