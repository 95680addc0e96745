import { useState } from "preact/hooks";
import type { Categories, Image, Product } from "../../../../contracts/catalog-api.ts";
import { inWords } from "../api/errors.ts";
import { textOf } from "../forms.ts";
import { editedProduct, variantName } from "../merchandise.ts";
import { editableMoney, parseMoney } from "../money.ts";
import { api } from "../state/shop.ts";
import { Field } from "./field.tsx";
import { Picture } from "./picture.tsx";
import { SmallForm } from "./small-form.tsx";
import { useResource } from "./use-resource.ts";

/** What somebody typed is no price. */
class PriceError extends Error {
  override readonly name = "PriceError";
}

/** Changes what a product is, what it costs and how it looks. */
export function ProductForm({
  product,
  onChange,
}: {
  readonly product: Product;
  readonly onChange: (product: Product) => void;
}) {
  const [images, setImages] = useState<readonly Image[]>(product.images);
  const categories = useResource("categories", (signal) => api<Categories>({ path: "/categories", signal }));
  const known = categories.data?.items ?? [{ ...product.category }];

  const submit = async (form: HTMLFormElement) => {
    const prices = product.variants.map(({ sku }) => {
      const price = parseMoney(textOf(form, `price ${sku}`), product.currency);
      if (price === undefined)
        throw new PriceError(`This is not an amount of money: ${textOf(form, `price ${sku}`)}`);
      return [sku, price] as const;
    });
    const added = textOf(form, "new picture");
    const pictures = images.map(({ url }) => ({ url, alt: textOf(form, `alt ${url}`) }));
    const body = editedProduct(product, {
      name: textOf(form, "name"),
      description: textOf(form, "description"),
      category: textOf(form, "category"),
      prices: Object.fromEntries(prices),
      images: added === "" ? pictures : [...pictures, { url: added, alt: textOf(form, "new alt") }],
    });
    const path = `/products/${encodeURIComponent(product.id)}`;
    const stored = await api<Product>({ method: "PUT", path, body });
    setImages(stored.images);
    onChange(stored);
  };
  return (
    <SmallForm
      title="Product"
      action="Save the product"
      done="The product is saved"
      explain={(error) => (error instanceof PriceError ? error.message : inWords(error))}
      onSubmit={submit}
    >
      <Field label="Name" name="name" required maxLength={200} defaultValue={product.name} />
      <div class="field">
        <label for="product-description">Description</label>
        <textarea
          id="product-description"
          name="description"
          rows={5}
          maxLength={10_000}
          defaultValue={product.description}
        />
      </div>
      <div class="field">
        <label for="product-category">Category</label>
        <select id="product-category" name="category" key={known.length} defaultValue={product.category.id}>
          {known.map(({ id, name }) => (
            <option key={id} value={id} selected={id === product.category.id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {product.variants.map((variant) => (
        <Field
          key={variant.sku}
          label={`Price of ${variantName(product, variant)} in ${product.currency}`}
          name={`price ${variant.sku}`}
          inputMode="decimal"
          required
          defaultValue={editableMoney(variant.price, product.currency)}
        />
      ))}
      <fieldset>
        <legend>Pictures</legend>
        <ul class="plain-list">
          {images.map(({ url, alt }, index) => (
            <li key={url}>
              <Picture url={url} alt={alt} />
              <Field
                label={`What picture ${index + 1} shows, for those who cannot see it`}
                name={`alt ${url}`}
                required
                maxLength={200}
                defaultValue={alt}
              />
              <button
                type="button"
                class="button quiet danger"
                onClick={() => setImages(images.filter((image) => image.url !== url))}
              >
                Leave picture {index + 1} out
              </button>
            </li>
          ))}
        </ul>
        <Field
          label="Address of a further picture"
          name="new picture"
          maxLength={500}
          pattern="(https://|/)\S+"
          hint="On this site, such as /photos/mug.jpg: browsers load pictures from nowhere else"
        />
        <Field label="What it shows" name="new alt" maxLength={200} />
      </fieldset>
    </SmallForm>
  );
}
