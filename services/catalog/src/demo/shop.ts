import { hash } from "node:crypto";
import type { Colour, Drawing } from "../drawing.ts";
import type { CategoryRequest, ProductRequest } from "../product-request.ts";
import type { NamedProduct } from "../product-store.ts";
import { EVERYWHERE } from "./everywhere.ts";
import { type Goods, MAKES, type Make, type Shop } from "./makes.ts";
import { ROOMS } from "./rooms.ts";
import { TABLE } from "./table.ts";

/** A product of the demo shop, with the first stock of each variant by SKU. */
export interface DemoProduct extends NamedProduct {
  readonly stock: Readonly<Record<string, number>>;
}

const SHOP: Shop = { ...TABLE, ...ROOMS, ...EVERYWHERE };

/** The currency of all demo prices. */
export const DEMO_CURRENCY = "EUR";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Enough that a demonstration does not sell it out; another number for each SKU, the same every time. */
const firstStock = (sku: string) => 100 + (Number.parseInt(hash("sha256", sku).slice(0, 6), 16) % 400);

function demoProduct(
  category: string,
  code: string,
  goods: Goods,
  makeCode: string,
  make: Make,
): DemoProduct {
  const name = `${make.adjective} ${goods.noun}`;
  const colours: readonly (Colour | undefined)[] = goods.colours ?? [undefined];
  const sizes = goods.sizes ?? [undefined];
  const drawing: Drawing = { shape: goods.shape, finish: make.finish };
  const images: ProductRequest["images"] = colours.map((colour) => ({
    alt: colour === undefined ? name : `${name}, ${colour}`,
    drawing: { ...drawing, ...(colour && { colour }) },
  }));
  const closeUp = { ...drawing, ...(colours[0] && { colour: colours[0] }), view: "detail" as const };
  images.push({ alt: `${name}, from close by`, drawing: closeUp });

  const variants: ProductRequest["variants"] = colours.flatMap((colour, row) =>
    sizes.map((size, column) => ({
      // The plainest variant has the plain SKU.
      sku: [
        code,
        makeCode,
        ...(row > 0 && colour ? [colour.toUpperCase()] : []),
        ...(column > 0 && size ? [size.code] : []),
      ].join("-"),
      options: { ...(colour && { Colour: capital(colour) }), ...(size && { Size: size.name }) },
      // Prices end in 0 or 5 cents.
      price: Math.round((goods.price * make.factor * (size?.factor ?? 100)) / 50_000) * 5,
      image: row + 1,
    })),
  );
  return {
    id: name.toLowerCase().replaceAll(" ", "-"),
    product: {
      name,
      description: `${goods.text} ${make.text}`,
      category,
      currency: DEMO_CURRENCY,
      images,
      variants,
    },
    stock: Object.fromEntries(variants.map(({ sku }) => [sku, firstStock(sku)])),
  };
}

/** The categories of the demo shop by id. */
export const demoCategories = (): [id: string, category: CategoryRequest][] =>
  Object.entries(SHOP).map(([id, { name }], position) => [id, { name, position }]);

/**
 * The products of the demo shop: each goods in each of its makes, the same every time. Mixed, so that the newest are
 * not all of a kind.
 */
export const demoProducts = (): DemoProduct[] =>
  Object.entries(SHOP)
    .flatMap(([category, { goods }]) =>
      Object.entries(goods).flatMap(([code, kind]) =>
        kind.makes.map((makeCode) => {
          const make = MAKES[makeCode];
          if (make === undefined) throw new Error(`the demo shop knows no make ${makeCode}`);
          return demoProduct(category, code, kind, makeCode, make);
        }),
      ),
    )
    .map((product) => ({ product, place: hash("sha256", product.id) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ product }) => product);
