import { useEffect, useState } from "preact/hooks";

export type Theme = "light" | "dark";

/** The page's inline script reads it, too, before anything is painted. */
const STORED = "tradestack.theme";
const DARK = "(prefers-color-scheme: dark)";

const chosen = (): Theme => {
  const stored = localStorage.getItem(STORED);
  if (stored === "light" || stored === "dark") return stored;
  return matchMedia(DARK).matches ? "dark" : "light";
};

/** The visitor's choice, else that of their system, and what changes it for this device. */
export function useTheme(): [Theme, () => void] {
  const [theme, set] = useState(chosen);
  useEffect(() => {
    const system = matchMedia(DARK);
    const follow = () => set(chosen());
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, []);
  const toggle = () => {
    const next = theme === "dark" ? "light" : "dark";
    localStorage.setItem(STORED, next);
    document.documentElement.dataset.theme = next;
    set(next);
  };
  return [theme, toggle];
}
