/** Where the shop sends parcels to. A test holds it against what the order service ships to. */
export const CODES = [
  "AT",
  "BE",
  "BG",
  "CH",
  "CY",
  "CZ",
  "DE",
  "DK",
  "EE",
  "ES",
  "FI",
  "FR",
  "GB",
  "GR",
  "HR",
  "HU",
  "IE",
  "IT",
  "LT",
  "LU",
  "LV",
  "MT",
  "NL",
  "NO",
  "PL",
  "PT",
  "RO",
  "SE",
  "SI",
  "SK",
] as const;

const names = new Intl.DisplayNames(undefined, { type: "region" });

/** A country's name in the visitor's language. */
export const countryName = (code: string): string => names.of(code) ?? code;

/** Countries by name. */
export const COUNTRIES = CODES.map((code) => ({ code, name: countryName(code) })).sort((a, b) =>
  a.name.localeCompare(b.name),
);
