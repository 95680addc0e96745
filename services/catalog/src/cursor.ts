import { Problem } from "../../chassis/index.ts";

/** The last product of a page, from which the next page goes on. */
export interface Cursor {
  readonly sku: string;
  /** How well it fits the search; 0 where nothing is searched for. */
  readonly rank: number;
}

const SKU = /^[\w.-]{1,64}$/;

/** A cursor as callers carry it; what is in it is none of their business. */
export const writeCursor = ({ rank, sku }: Cursor): string =>
  Buffer.from(JSON.stringify([rank, sku])).toString("base64url");

/**
 * Reads what {@link writeCursor} wrote.
 *
 * @throws {Problem} 400 for anything else.
 */
export function readCursor(text: string): Cursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (Array.isArray(value)) {
      const [rank, sku]: unknown[] = value;
      if (typeof rank === "number" && typeof sku === "string" && SKU.test(sku)) return { rank, sku };
    }
  } catch {
    // Not JSON: refused like anything else that is not a cursor.
  }
  throw new Problem({
    status: 400,
    slug: "invalid-request",
    title: "Invalid request",
    detail: "`after` is not the `next` of a page; leave it out to begin with the first one",
    extensions: {
      errors: [{ in: "querystring", pointer: "#/after", detail: "is not the `next` of a page" }],
    },
  });
}
