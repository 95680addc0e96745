import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { inWords } from "../api/errors.ts";
import { BusyButton } from "./button.tsx";

/** One of several forms on a page; it says itself whether it worked. */
export function SmallForm({
  title,
  action,
  done,
  children,
  onSubmit,
  explain = inWords,
  isDangerous = false,
}: {
  readonly title: string;
  readonly action: string;
  /** What is said when it worked. */
  readonly done: string;
  readonly children: ComponentChildren;
  readonly onSubmit: (form: HTMLFormElement) => Promise<void>;
  readonly explain?: (error: unknown) => string;
  /** Whether it does something that nobody can take back. */
  readonly isDangerous?: boolean;
}) {
  const id = useId();
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<{ readonly text: string; readonly isGood: boolean }>();
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          setBusy(true);
          setResult(undefined);
          try {
            await onSubmit(event.currentTarget);
            setResult({ text: done, isGood: true });
          } catch (error) {
            setResult({ text: explain(error), isGood: false });
          } finally {
            setBusy(false);
          }
        }}
      >
        {children}
        <div role="status">
          {result !== undefined && (
            <p class={result.isGood ? "notice success" : "notice failure"}>{result.text}</p>
          )}
        </div>
        <BusyButton type="submit" class={isDangerous ? "danger" : ""} isBusy={isBusy}>
          {action}
        </BusyButton>
      </form>
    </section>
  );
}
