import { useEffect, useState } from "preact/hooks";
import type { Image } from "../../../../contracts/catalog-api.ts";
import { Picture } from "./picture.tsx";

/** A product's pictures: one large, the others to choose from. */
export function Gallery({
  images,
  shown,
}: {
  readonly images: readonly Image[];
  /** The picture of the chosen variant. */
  readonly shown: string | undefined;
}) {
  const [chosen, setChosen] = useState(shown);
  useEffect(() => setChosen(shown), [shown]);
  const image = images.find(({ url }) => url === chosen) ?? images[0];
  return (
    <div class="gallery">
      <Picture url={image?.url} alt={image?.alt ?? "No picture"} isFirst />
      {images.length > 1 && (
        <ul class="thumbnails" aria-label="Pictures">
          {images.map(({ url, alt }) => (
            <li key={url}>
              <button type="button" aria-pressed={url === image?.url} onClick={() => setChosen(url)}>
                <Picture url={url} alt={alt} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
