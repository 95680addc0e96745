import type { ProductSort } from "../../../contracts/catalog-api.ts";
import { queryText } from "./api/client.ts";

/** What a list of goods shows: everything that its address says. */
export interface Browse {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
  readonly sort?: ProductSort | undefined;
  /** In minor units. */
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  readonly inStock?: true | undefined;
}

/** Every order of a list, with its name. */
export const SORTS: Readonly<Record<ProductSort, string>> = {
  relevance: "Best match",
  newest: "Newest",
  rating: "Best rated",
  "price-asc": "Price, low to high",
  "price-desc": "Price, high to low",
  name: "Name",
};

const isSort = (text: string): text is ProductSort => Object.hasOwn(SORTS, text);
const CATEGORY = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Reads an address; what the API would not understand is left out, as anybody can write one. */
export function readBrowse(query: Readonly<Record<string, string>>): Browse {
  const { q = "", category = "", sort = "", minPrice, maxPrice, inStock } = query;
  const words = q.replaceAll("\0", "").trim().slice(0, 200);
  return {
    q: words === "" ? undefined : words,
    category: CATEGORY.test(category) && category.length <= 64 ? category : undefined,
    sort: isSort(sort) && sort !== "relevance" ? sort : undefined,
    minPrice: readAmount(minPrice),
    maxPrice: readAmount(maxPrice),
    inStock: inStock === "true" ? true : undefined,
  };
}

function readAmount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

/** The address of a list. */
export const browseUrl = (browse: Browse): string => `/products${queryText({ ...browse })}`;

/** How many filters are set, beside words and order. */
export const filterCount = ({ category, minPrice, maxPrice, inStock }: Browse): number =>
  [category, minPrice ?? maxPrice, inStock].filter((filter) => filter !== undefined).length;
