import { inWords } from "../api/errors.ts";

/** Says what did not work, and lets it be tried again. */
export const Failure = ({
  error,
  title,
  onRetry,
}: {
  readonly error: unknown;
  readonly title?: string;
  readonly onRetry?: () => void;
}) => (
  <div class="notice failure" role="alert">
    <div>
      {title !== undefined && <strong>{title}</strong>}
      <p>{inWords(error)}</p>
    </div>
    {onRetry && (
      <button type="button" class="button quiet" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
);
