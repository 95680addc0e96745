import { useTitle } from "../ui/use-title.ts";

/** There is nothing at this address. */
export function NotFoundPage({ what = "This page" }: { readonly what?: string }) {
  useTitle("Not found");
  return (
    <section class="note-page">
      <h1>{what} is not here</h1>
      <p>It may have moved, or the address has a slip in it.</p>
      <p class="actions">
        <a class="button" href="/products">
          See all goods
        </a>
        <a class="button quiet" href="/">
          Go to the start
        </a>
      </p>
    </section>
  );
}
