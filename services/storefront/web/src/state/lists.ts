import { signal } from "@preact/signals";
import type { ProductCard, ProductPage } from "../../../../contracts/catalog-api.ts";
import { type Browse, browseUrl } from "../browse.ts";
import { api } from "./shop.ts";

/** A list of goods as far as it was read. */
export interface List {
  readonly items: readonly ProductCard[];
  /** Where it goes on; null at its end. */
  readonly next: string | null;
}

/** So many lists are remembered, the last seen ones. */
const REMEMBERED = 20;

const PAGE = 24;

/** Lists by their address: who comes back from a product finds the list as long as it was, at once. */
export const lists = signal<ReadonlyMap<string, List>>(new Map());

/** Reads the beginning of a list. */
export async function readList(browse: Browse, signal: AbortSignal): Promise<List> {
  const list = await read(browse, undefined, signal);
  remember(browse, list);
  return list;
}

/** Reads the next page of a list. */
export async function extendList(browse: Browse, list: List, signal: AbortSignal): Promise<List> {
  const { items, next } = await read(browse, list.next ?? undefined, signal);
  // Goods that move while somebody reads must not be listed twice.
  const known = new Set(list.items.map(({ id }) => id));
  const longer = { items: [...list.items, ...items.filter(({ id }) => !known.has(id))], next };
  remember(browse, longer);
  return longer;
}

const read = (browse: Browse, after: string | undefined, signal: AbortSignal) =>
  api<ProductPage>({ path: "/products", query: { ...browse, limit: PAGE, after }, signal });

function remember(browse: Browse, list: List): void {
  const url = browseUrl(browse);
  const others = [...lists.value].filter(([key]) => key !== url).slice(1 - REMEMBERED);
  lists.value = new Map([...others, [url, list]]);
}
