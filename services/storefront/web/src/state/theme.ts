import { signal } from "@preact/signals";

export type Theme = "light" | "dark";

/** The page's inline script reads it, too, before anything is painted. */
const STORED = "tradestack.theme";

const chosen = localStorage.getItem(STORED);
const system: Theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

/** The visitor's choice, else that of their system. */
export const theme = signal<Theme>(chosen === "light" || chosen === "dark" ? chosen : system);

/** Changes it for this device. */
export function toggleTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  localStorage.setItem(STORED, theme.value);
  document.documentElement.dataset.theme = theme.value;
}
