/** A JSON schema as it is written down. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What only people read. */
const WORDS: ReadonlySet<string> = new Set(["title", "description", "examples", "$comment"]);

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const namesIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * Tells how a schema differs from a released one in a way that breaks somebody. While replicas are replaced, and as
 * long as messages wait in queues, new readers get old messages and old readers new ones: both must fit. So nothing
 * may change but words, and fields may be added that nobody has to send.
 *
 * @param path JSON pointer of what is compared.
 * @returns One sentence for each; none where the change is harmless.
 */
export function breakingChanges(released: JsonSchema, current: JsonSchema, path = ""): string[] {
  const changes: string[] = [];
  for (const keyword of new Set([...Object.keys(released), ...Object.keys(current)])) {
    const [before, after] = [released[keyword], current[keyword]];
    if (WORDS.has(keyword)) continue;
    if (keyword === "properties" && isObject(before) && isObject(after)) {
      changes.push(...changedFields(released, current, before, after, path));
    } else if (keyword === "items" && isObject(before) && isObject(after)) {
      changes.push(...breakingChanges(before, after, `${path}/items`));
    } else if (keyword !== "required" && canonical(before) !== canonical(after)) {
      changes.push(`${path || "/"}: "${keyword}" is ${show(after)}, and was ${show(before)}`);
    }
  }
  return changes;
}

function changedFields(
  released: JsonSchema,
  current: JsonSchema,
  before: JsonSchema,
  after: JsonSchema,
  path: string,
): string[] {
  const isRequired = (schema: JsonSchema, name: string) => namesIn(schema.required).includes(name);
  const changes: string[] = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, is] = [before[name], after[name]];
    const pointer = `${path}/${name}`;
    if (is === undefined) changes.push(`${pointer} is gone`);
    else if (was === undefined) {
      if (isRequired(current, name)) changes.push(`${pointer} is new and required`);
      if (released.additionalProperties === false) changes.push(`${pointer} is refused by released readers`);
    } else {
      if (isRequired(released, name) !== isRequired(current, name)) {
        changes.push(`${pointer} is ${isRequired(current, name) ? "required" : "optional"} now`);
      }
      if (isObject(was) && isObject(is)) changes.push(...breakingChanges(was, is, pointer));
    }
  }
  return changes;
}

const show = (value: unknown): string => (value === undefined ? "missing" : JSON.stringify(value));

/** JSON text that does not depend on the order of members, nor on words. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([name]) => !WORDS.has(name))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}
