import type { Address, ShippingMethod } from "../../../../contracts/address.ts";

/** What was filled in at the checkout so far. */
export interface Draft extends Address {
  readonly email: string;
  readonly shipping: ShippingMethod;
  readonly card: string;
}

const STORED = "tradestack.checkout-draft";

const EMPTY: Draft = {
  email: "",
  name: "",
  street: "",
  postalCode: "",
  city: "",
  country: "DE",
  shipping: "standard",
  card: "tok_approve",
};

/** What this tab had filled in before it was loaded again. */
export function readDraft(): Draft {
  const text = sessionStorage.getItem(STORED);
  return text === null ? EMPTY : { ...EMPTY, ...JSON.parse(text) };
}

/** Keeps it for as long as the tab lives; a shared computer must not know the next day. */
export const keepDraft = (draft: Draft): void => sessionStorage.setItem(STORED, JSON.stringify(draft));
