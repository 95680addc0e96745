import { type Database, SettingsError } from "../../chassis/index.ts";
import type { PaymentSettings } from "./payment-settings.ts";
import type { PaymentProvider } from "./provider.ts";
import { createStripeProvider } from "./stripe/stripe-provider.ts";
import { createTestProvider } from "./test-provider/test-provider.ts";

/**
 * Makes the provider that the settings choose.
 *
 * @throws {SettingsError} when one is missing that the choice needs.
 */
export function openProvider(settings: PaymentSettings, database: Database): PaymentProvider {
  switch (settings.PAYMENT_PROVIDER) {
    case "test":
      return createTestProvider({
        database,
        webhookSecret: settings.PROVIDER_WEBHOOK_SECRET,
        delayMilliseconds: settings.TEST_PROVIDER_DELAY_MILLISECONDS,
      });
    case "stripe":
      return createStripeProvider({
        url: settings.STRIPE_URL,
        secretKey: required(settings, "STRIPE_SECRET_KEY"),
        webhookSecret: required(settings, "STRIPE_WEBHOOK_SECRET"),
      });
  }
}

function required(settings: PaymentSettings, name: "STRIPE_SECRET_KEY" | "STRIPE_WEBHOOK_SECRET"): string {
  if (settings[name] !== "") return settings[name];
  throw new SettingsError(`${name} is not set; PAYMENT_PROVIDER=stripe needs it, or ${name}_FILE`);
}
