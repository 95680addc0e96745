/** What the importable components say of themselves: to whoever imports them it is all that there is to read. */

import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Documented, type Interface, readSources, type Sources } from "../support/interfaces.ts";

let sources: Sources;
beforeAll(() => {
  sources = readSources(join(import.meta.dirname, "../../components/index.ts"));
});

/** The interfaces of these names, and those that they are made of. */
function closure(names: readonly string[]): Interface[] {
  const found = new Map<string, Interface>();
  const visit = (name: string): void => {
    const declared = sources.interfaces.get(name);
    if (declared === undefined || found.has(name)) return;
    found.set(name, declared);
    declared.mentions.forEach(visit);
  };
  names.forEach(visit);
  return [...found.values()];
}
const publicInterfaces = () => closure(sources.exported);
const argumentInterfaces = () => closure(sources.exported.filter((name) => /(Args|Options)$/.test(name)));

/** A default that is itself a value, and so shows how one is written. */
const isValue = (text: string): boolean => /^(["'[{\d-]|true\b|false\b)/.test(text);
/** What needs no example: a flag, a transform, or something that is documented field by field. */
const speaksForItself = ({ type }: Documented): boolean =>
  /^(boolean|pulumi\.Input<boolean>|Input<boolean>)$/.test(type) ||
  type.startsWith("Transform<") ||
  (type.match(/\b[A-Z]\w+/g) ?? []).some((name) => sources.interfaces.has(name));

const problems = (interfaces: readonly Interface[], check: (member: Documented) => boolean): string[] =>
  interfaces.flatMap(({ name, members }) =>
    members.filter((member) => !check(member)).map((member) => `${name}.${member.name}`),
  );

test("the public face is found", () => {
  expect(publicInterfaces().map(({ name }) => name)).toEqual(
    expect.arrayContaining(["MicroserviceArgs", "Scale", "ServiceMeshArgs", "StoreBaseArgs"]),
  );
  expect(sources.components.map(({ name }) => name)).toEqual(expect.arrayContaining(["Microservice"]));
});

test("every argument says what it is", () => {
  expect(problems(publicInterfaces(), ({ description }) => description.length > 0)).toEqual([]);
});

test("every argument that can be left out says what holds without it", () => {
  expect(
    problems(
      argumentInterfaces(),
      ({ optional, type, tags }) => !optional || type.startsWith("Transform<") || Boolean(tags.default),
    ),
  ).toEqual([]);
});

test("every argument shows how it is written, by its default or by an example", () => {
  const shown = (member: Documented) =>
    speaksForItself(member) || isValue(member.tags.default ?? "") || Boolean(member.tags.example);
  expect(problems(argumentInterfaces(), shown)).toEqual([]);
});

test("every public component shows how it is used", () => {
  const shown = sources.components.filter(({ name }) => sources.exported.includes(name));
  expect(shown.filter(({ hasExample }) => !hasExample).map(({ name }) => name)).toEqual([]);
});

test("every component registers its outputs, last", () => {
  const without = sources.components.filter(
    ({ lastStatement }) => !/^this\.registerOutputs\(/.test(lastStatement),
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});
