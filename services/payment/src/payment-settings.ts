import { integer, oneOf, type SettingsOf, text, url } from "../../chassis/index.ts";

/** Environment variables of the payment service. */
export const paymentSettings = {
  /** Who moves the money: `test` moves none and is for development, `stripe` is for real. */
  PAYMENT_PROVIDER: oneOf(["test", "stripe"], "test"),
  /** The provider has this long to answer, in milliseconds: less than the 5 s after which callers give up. */
  PROVIDER_TIMEOUT_MILLISECONDS: integer(1, 4000, 3000),
  /** Signs the webhooks of the test provider. */
  PROVIDER_WEBHOOK_SECRET: text(),
  /** The test provider's late decisions come after so many milliseconds. */
  TEST_PROVIDER_DELAY_MILLISECONDS: integer(0, 600_000, 2000),
  /** Where Stripe's API is. */
  STRIPE_URL: url(["https:", "http:"], "https://api.stripe.com"),
  /** Stripe's secret key, `sk_…`; needed with `stripe`. */
  STRIPE_SECRET_KEY: text(""),
  /** Signs Stripe's webhooks, `whsec_…`; needed with `stripe`. */
  STRIPE_WEBHOOK_SECRET: text(""),
} as const;

export type PaymentSettings = SettingsOf<typeof paymentSettings>;
