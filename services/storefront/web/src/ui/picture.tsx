import { useEffect, useState } from "preact/hooks";

/** A picture of goods. Where it cannot be loaded its place stays, with what it would show. */
export function Picture({
  url,
  alt,
  isFirst = false,
}: {
  readonly url: string | undefined;
  readonly alt: string;
  /** Whether it is what the visitor came for, and not further down the page. */
  readonly isFirst?: boolean;
}) {
  const [isMissing, setMissing] = useState(false);
  // Another picture is another try.
  useEffect(() => setMissing(false), [url]);
  if (url === undefined || isMissing) {
    return (
      <span class="picture missing" role="img" aria-label={alt}>
        <span aria-hidden="true">{alt}</span>
      </span>
    );
  }
  return (
    <img
      class="picture"
      src={url}
      alt={alt}
      width={600}
      height={600}
      loading={isFirst ? "eager" : "lazy"}
      decoding="async"
      onError={() => setMissing(true)}
    />
  );
}
