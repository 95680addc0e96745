import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { inWords } from "../api/errors.ts";
import { BusyButton } from "./button.tsx";
import { useTitle } from "./use-title.ts";

/** A page that is one small form. */
export function FormPage({
  title,
  action,
  children,
  below,
  onSubmit,
  explain = inWords,
}: {
  readonly title: string;
  /** What the button says. */
  readonly action: string;
  readonly children: ComponentChildren;
  readonly below?: ComponentChildren;
  readonly onSubmit: (form: HTMLFormElement) => Promise<void>;
  /** Says in words why it did not work. */
  readonly explain?: (error: unknown) => string;
}) {
  useTitle(title);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  return (
    <section class="form-page panel">
      <h1>{title}</h1>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          if (isBusy) return;
          setBusy(true);
          setProblem(undefined);
          try {
            await onSubmit(event.currentTarget);
          } catch (error) {
            setProblem(explain(error));
          } finally {
            setBusy(false);
          }
        }}
      >
        {children}
        {problem !== undefined && (
          <p class="notice failure" role="alert">
            {problem}
          </p>
        )}
        <BusyButton type="submit" isBusy={isBusy} class="wide">
          {action}
        </BusyButton>
      </form>
      {below}
    </section>
  );
}
