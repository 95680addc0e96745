import { type Static, Type } from "typebox";
import { invalidField } from "../../chassis/index.ts";
import { CategoryId, ProductId, Sku } from "../../contracts/catalog-api.ts";
import { Currency, MinorUnits } from "../../contracts/money.ts";
import { Drawing } from "./drawing.ts";

/** One line of text, such as a name. */
const Line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });

/** A picture: somewhere on the web or in this shop, or one that this service draws. */
export const ImageRequest = Type.Union([
  Type.Object(
    { alt: Line(200), url: Type.String({ maxLength: 500, pattern: "^(https://|/)[^\\s\"'<>\\\\]+$" }) },
    { additionalProperties: false },
  ),
  Type.Object({ alt: Line(200), drawing: Drawing }, { additionalProperties: false }),
]);
export type ImageRequest = Static<typeof ImageRequest>;

const VariantRequest = Type.Object(
  {
    sku: Sku,
    options: Type.Record(Type.String({ pattern: "^[^\\u0000-\\u001f\\u007f]{1,40}$" }), Line(60), {
      additionalProperties: false,
      maxProperties: 5,
      description: 'A value for each option, the same options in all variants: `{ "Size": "Large" }`',
    }),
    price: MinorUnits,
    image: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 20, description: "Which of the images shows it, counted from 1" }),
    ),
  },
  { additionalProperties: false },
);

/** `PUT /products/{id}`: the whole product. A variant that is left out is no longer sold. */
export const ProductRequest = Type.Object(
  {
    name: Line(200),
    description: Type.String({ maxLength: 10_000, pattern: "^[^\\u0000]*$" }),
    category: CategoryId,
    currency: Currency,
    images: Type.Array(ImageRequest, { maxItems: 20 }),
    variants: Type.Array(VariantRequest, { minItems: 1, maxItems: 100 }),
  },
  { additionalProperties: false },
);
export type ProductRequest = Static<typeof ProductRequest>;

/** `PUT /categories/{id}`. */
export const CategoryRequest = Type.Object(
  { name: Line(100), position: Type.Integer({ minimum: 0, maximum: 10_000 }) },
  { additionalProperties: false },
);
export type CategoryRequest = Static<typeof CategoryRequest>;

export const ProductParams = Type.Object({ id: ProductId });
export const CategoryParams = Type.Object({ id: CategoryId });

/** What variants differ in: the names and values of their options, in the order of their first appearance. */
export function optionsOf({
  variants,
}: Pick<ProductRequest, "variants">): { name: string; values: string[] }[] {
  const options = new Map<string, Set<string>>();
  for (const variant of variants) {
    for (const [name, value] of Object.entries(variant.options)) {
      options.set(name, (options.get(name) ?? new Set()).add(value));
    }
  }
  return [...options].map(([name, values]) => ({ name, values: [...values] }));
}

/** What a variant is called by itself, such as `Linen cushion, sage`. */
export const titleOf = (name: string, options: Readonly<Record<string, string>>): string =>
  [name, ...Object.values(options)].join(", ");

/**
 * Checks what the schema cannot say: that the variants can be told apart and show pictures that there are.
 *
 * @throws {Problem} 400 naming the first field that is wrong.
 */
export function checkProduct({ images, variants }: Pick<ProductRequest, "images" | "variants">): void {
  const names = Object.keys(variants[0]?.options ?? {}).sort();
  const skus = new Set<string>();
  const combinations = new Set<string>();
  for (const [index, { sku, options, image }] of variants.entries()) {
    const refuse = (field: string, detail: string): never => {
      throw invalidField("body", `#/variants/${index}/${field}`, detail);
    };
    const own = Object.keys(options).sort();
    const combination = JSON.stringify(own.map((name) => [name, options[name]]));
    if (skus.has(sku)) refuse("sku", "is an earlier variant's, too");
    if (own.join("\n") !== names.join("\n")) refuse("options", "has other options than the first variant");
    if (combinations.has(combination)) refuse("options", "is an earlier variant's, too");
    if (image !== undefined && image > images.length)
      refuse("image", "is not the number of one of the images");
    skus.add(sku);
    combinations.add(combination);
  }
}
