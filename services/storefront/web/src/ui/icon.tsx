/** Outlines on a grid of 24, drawn in the colour of the text around them. */
const PATHS = {
  search: "m21 21-4.3-4.3M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Z",
  cart: "M3 4h2.2l2.3 11.2a1.5 1.5 0 0 0 1.500 1.2h8.300a1.500 1.500 0 0 0 1.500-1.200L20.500 8H6M9.500 20.500h.01M17.500 20.500h.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.500 20.500a7.500 7.500 0 0 1 15 0",
  sun: "M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9ZM12 2v2M12 20v2M4.900 4.900l1.400 1.400M17.700 17.700l1.400 1.400M2 12h2M20 12h2M4.900 19.100l1.400-1.400M17.700 6.300l1.400-1.400",
  moon: "M20.500 14.500A8.500 8.500 0 0 1 9.500 3.500a8.500 8.500 0 1 0 11 11Z",
  check: "m5 12.500 4.500 4.500L19 7.500",
  minus: "M5 12h14",
  plus: "M5 12h14M12 5v14",
  trash: "M4 7h16M9.500 7V4.500h5V7M6.500 7l.8 12.500h9.400L17.500 7M10 11v5M14 11v5",
  truck:
    "M2.500 6.500h11v10h-11zM13.500 10h4l3.500 3.500v3h-7.500M6.500 19.500a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600ZM17 19.500a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600Z",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  back: "M4 12h16M10 6l-6 6 6 6",
  filter: "M4 7h16M7 12h10M10 17h4",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside words that say the same; alone, its button needs a label. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={PATHS[name]} />
  </svg>
);
