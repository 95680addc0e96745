import type { ComponentChildren } from "preact";

/**
 * A button that says when it is at work. It stays focusable meanwhile, so that a keyboard does not lose its place;
 * pressing it again does nothing.
 */
export const BusyButton = ({
  isBusy,
  children,
  onClick,
  type = "button",
  class: style = "",
  isDisabled = false,
}: {
  readonly isBusy: boolean;
  readonly children: ComponentChildren;
  readonly onClick?: () => void;
  readonly type?: "button" | "submit";
  readonly class?: string;
  readonly isDisabled?: boolean;
}) => (
  <button
    type={type}
    class={`button ${style}`}
    disabled={isDisabled}
    aria-disabled={isBusy}
    aria-busy={isBusy}
    onClick={(event) => {
      if (isBusy) event.preventDefault();
      else onClick?.();
    }}
  >
    {isBusy && <span class="spinner" aria-hidden="true" />}
    {children}
  </button>
);
