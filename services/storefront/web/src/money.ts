/** Amounts come in minor units; how many make a whole one is the currency's business (2 for EUR, 0 for JPY, 3 for KWD). */

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string, locale: string | undefined): Intl.NumberFormat {
  const key = `${locale ?? ""} ${currency}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { style: "currency", currency });
    formats.set(key, format);
  }
  return format;
}

/** Decimals of a currency's whole unit. */
export const exponentOf = (currency: string): number =>
  formatOf(currency, "en").resolvedOptions().maximumFractionDigits ?? 2;

/**
 * An amount as people write it.
 *
 * @example formatMoney(1990, "EUR", "en-IE") // "€19.90"
 */
export function formatMoney(minorUnits: number, currency: string, locale?: string): string {
  const digits = String(Math.abs(minorUnits)).padStart(exponentOf(currency) + 1, "0");
  const point = digits.length - exponentOf(currency);
  const decimal = `${minorUnits < 0 ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point) || "0"}`;
  // As text, because a number loses cents above 2^53 of them.
  return formatOf(currency, locale).format(decimal as Intl.StringNumericLiteral);
}

/**
 * An amount that somebody typed, in minor units.
 *
 * @returns undefined for what is no amount, finer than the currency, or too large for an exact number.
 * @example parseMoney("19,90", "EUR") // 1990
 */
export function parseMoney(text: string, currency: string): number | undefined {
  const match = /^(\d{1,16})(?:[.,](\d*))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, whole = "", fraction = ""] = match;
  const exponent = exponentOf(currency);
  if (fraction.length > exponent) return undefined;
  const minorUnits = Number(whole + fraction.padEnd(exponent, "0"));
  return Number.isSafeInteger(minorUnits) ? minorUnits : undefined;
}

/** An amount as an input shows it: the shortest text that {@link parseMoney} reads back. */
export function editableMoney(minorUnits: number, currency: string): string {
  const exponent = exponentOf(currency);
  const digits = String(minorUnits).padStart(exponent + 1, "0");
  const fraction = exponent === 0 ? "" : digits.slice(-exponent).replace(/0+$/, "");
  const whole = digits.slice(0, digits.length - exponent);
  return fraction === "" ? whole : `${whole}.${fraction.padEnd(exponent, "0")}`;
}
