import type { ShippingMethod } from "../../contracts/address.ts";

/** Where a parcel goes, as far as its price is concerned. */
export type Zone = "home" | "union" | "europe";

/** What goes for a country that is shipped to. */
export interface CountryRate {
  readonly zone: Zone;
  /** Standard rate of its value added tax in basis points: 1900 is 19 %. */
  readonly taxRate: number;
}

const union = (taxRate: number): CountryRate => ({ zone: "union", taxRate });
const europe = (taxRate: number): CountryRate => ({ zone: "europe", taxRate });

/**
 * Countries that are shipped to, by ISO 3166-1 alpha-2 code, with the standard rates of value added tax as of 2026.
 * Those of the Union are the ones that the European Commission publishes (Taxes in Europe Database); goods sold to
 * consumers are taxed where they arrive (Directive 2006/112/EC, art. 33). A shop must keep them up to date.
 */
export const COUNTRIES: Readonly<Record<string, CountryRate>> = {
  DE: { zone: "home", taxRate: 1900 },
  AT: union(2000),
  BE: union(2100),
  BG: union(2000),
  CY: union(1900),
  CZ: union(2100),
  DK: union(2500),
  EE: union(2400),
  ES: union(2100),
  FI: union(2550),
  FR: union(2000),
  GR: union(2400),
  HR: union(2500),
  HU: union(2700),
  IE: union(2300),
  IT: union(2200),
  LT: union(2100),
  LU: union(1700),
  LV: union(2100),
  MT: union(1800),
  NL: union(2100),
  PL: union(2300),
  PT: union(2300),
  RO: union(2100),
  SE: union(2500),
  SI: union(2200),
  SK: union(2300),
  CH: europe(810),
  GB: europe(2000),
  NO: europe(2500),
};

/** What a parcel costs to send, in minor units. */
export interface ShippingRate {
  readonly price: number;
  /** Goods of this value and more are sent for nothing. */
  readonly freeFrom?: number;
}

/** What parcels cost in the currency that the shop sells in. Only these currencies are shipped for. */
export const SHIPPING: Readonly<
  Record<string, Readonly<Record<Zone, Readonly<Record<ShippingMethod, ShippingRate>>>>>
> = {
  EUR: {
    home: { standard: { price: 490, freeFrom: 5_000 }, express: { price: 1290 } },
    union: { standard: { price: 990, freeFrom: 10_000 }, express: { price: 1990 } },
    europe: { standard: { price: 1490 }, express: { price: 2990 } },
  },
};
