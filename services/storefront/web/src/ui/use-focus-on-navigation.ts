import { useEffect, useRef } from "preact/hooks";

/**
 * Moves the focus to the new view's heading after a navigation, so that keyboards and screen readers go on there and
 * not at a link that is gone. A heading that is still to come gets it when it is there, unless somebody has moved on.
 * Typing in the search box navigates, too, and keeps the focus.
 */
export function useFocusOnNavigation(path: string): void {
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    const { activeElement } = document;
    if (activeElement instanceof HTMLInputElement && activeElement.type === "search") return;
    const main = document.getElementById("content");
    if (main === null || focusHeading(main)) return;
    main.focus({ preventScroll: true });
    const observer = new MutationObserver(() => {
      if (document.activeElement !== main || focusHeading(main)) observer.disconnect();
    });
    observer.observe(main, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [path]);
}

function focusHeading(main: HTMLElement): boolean {
  const heading = main.querySelector("h1");
  if (heading === null) return false;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return true;
}
