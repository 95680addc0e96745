import type { InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

/** An input with its label, a hint, and what is wrong with it. */
export function Field({
  label,
  hint,
  error,
  ...input
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
} & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        id={id}
        aria-invalid={error !== undefined}
        {...(described === "" ? {} : { "aria-describedby": described })}
      />
      {hint && (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error && (
        <span class="field-error" id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  );
}
