/** What changed since the public images were last looked at. */

/** An image whose content is another than it was. */
export interface DigestChange {
  readonly reference: string;
  /** Undefined: it was not looked at before. */
  readonly before: string | undefined;
  readonly after: string;
}

/** What all images are now, and what changed. */
export interface Refreshed {
  readonly digests: Readonly<Record<string, string>>;
  readonly changes: readonly DigestChange[];
  /** References that no version is stated for any more. */
  readonly dropped: readonly string[];
}

/**
 * Looks up every image. All or nothing: half a list would be a mixture of two days.
 *
 * @param references Full references.
 * @param known The digests of the last time.
 * @param ask Answers an image's digest now.
 * @throws {RegistryError} as `ask` does.
 */
export async function refresh(
  references: readonly string[],
  known: Readonly<Record<string, string>>,
  ask: (reference: string) => Promise<string>,
): Promise<Refreshed> {
  const sorted = [...new Set(references)].sort();
  const found = await Promise.all(
    sorted.map(async (reference) => ({ reference, after: await ask(reference) })),
  );
  return {
    digests: Object.fromEntries(found.map(({ reference, after }) => [reference, after])),
    changes: found
      .map(({ reference, after }) => ({ reference, before: known[reference], after }))
      .filter(({ before, after }) => before !== after),
    dropped: Object.keys(known).filter((reference) => !sorted.includes(reference)),
  };
}

const DECLARATION = /^export const IMAGE_DIGESTS.*$/ms;

/** The module `image-digests.ts` with other digests; its comment stays. */
export function withDigests(source: string, digests: Readonly<Record<string, string>>): string {
  const lines = Object.entries(digests).map(
    ([reference, digest]) => `  ${JSON.stringify(reference)}:\n    ${JSON.stringify(digest)},\n`,
  );
  const table = lines.length === 0 ? "{}" : `{\n${lines.join("")}}`;
  return source.replace(
    DECLARATION,
    () => `export const IMAGE_DIGESTS: Readonly<Record<string, string>> = ${table};\n`,
  );
}

/** What changed, for people. */
export function tellChanges({ digests, changes, dropped }: Refreshed): string {
  const lines = [
    ...changes.map(({ reference, before, after }) =>
      before === undefined ? `new      ${reference} ${after}` : `changed  ${reference} ${before} → ${after}`,
    ),
    ...dropped.map((reference) => `dropped  ${reference}`),
  ];
  const all = Object.keys(digests).length;
  return lines.length === 0 ? `all ${all} images are as they were\n` : `${lines.join("\n")}\n`;
}
