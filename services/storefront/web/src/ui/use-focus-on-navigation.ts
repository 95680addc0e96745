import { useEffect, useRef } from "preact/hooks";

/**
 * Moves the focus to the new view's heading after a navigation, so that keyboards and screen readers go on there and
 * not at a link that is gone. Typing in the search box navigates, too, and keeps the focus.
 */
export function useFocusOnNavigation(path: string): void {
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    if (document.activeElement instanceof HTMLInputElement && document.activeElement.type === "search")
      return;
    const heading = document.querySelector<HTMLElement>("main h1");
    const target = heading ?? document.getElementById("content");
    if (heading !== null) heading.tabIndex = -1;
    target?.focus({ preventScroll: true });
  }, [path]);
}
