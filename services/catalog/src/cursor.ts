import { invalidField } from "../../chassis/index.ts";
import type { ProductSort } from "../../contracts/catalog-api.ts";

/** The last product of a page, from which the next page goes on. */
export interface Cursor {
  /** What the list is sorted by; a cursor of one list does not fit another. */
  readonly sort: ProductSort;
  /** What the last product was sorted by, such as its price. */
  readonly key: string | number;
  readonly id: string;
}

/** What a list is sorted by: any number, whole ones, or texts. */
export type KeyKind = "number" | "integer" | "text";

const ID = /^[a-z0-9-]{1,64}$/;

function isKey(key: unknown, kind: KeyKind): key is Cursor["key"] {
  // PostgreSQL's texts hold every character but this one.
  if (kind === "text") return typeof key === "string" && !key.includes("\0");
  return kind === "integer" ? Number.isSafeInteger(key) : Number.isFinite(key);
}

/** A cursor as callers carry it; what is in it is none of their business. */
export const writeCursor = ({ sort, key, id }: Cursor): string =>
  Buffer.from(JSON.stringify([sort, key, id])).toString("base64url");

/**
 * Reads what {@link writeCursor} wrote for a list with this sort.
 *
 * @throws {Problem} 400 for anything else.
 */
export function readCursor(text: string, sort: ProductSort, kind: KeyKind): Cursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (Array.isArray(value)) {
      const [of, key, id]: unknown[] = value;
      if (of === sort && isKey(key, kind) && typeof id === "string" && ID.test(id)) return { sort, key, id };
    }
  } catch {
    // Not JSON: refused like anything else that is not a cursor.
  }
  throw invalidField(
    "querystring",
    "#/after",
    "is not the `next` of a page with this sort; leave it out to begin with the first one",
  );
}
