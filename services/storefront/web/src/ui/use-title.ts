import { useEffect } from "preact/hooks";

/** Names the view in the browser's tab, its history, and to screen readers. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title === undefined ? "Tradestack" : `${title} · Tradestack`;
  }, [title]);
}
