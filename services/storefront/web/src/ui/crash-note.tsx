/** Stands where a view failed to draw itself: never a blank page. */
export const CrashNote = ({ onRetry }: { readonly onRetry: () => void }) => (
  <section class="note-page">
    <h1>This page broke</h1>
    <p>Something went wrong while showing it. Nothing of yours was lost.</p>
    <p class="actions">
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
      <a class="button quiet" href="/">
        Go to the start
      </a>
    </p>
  </section>
);
