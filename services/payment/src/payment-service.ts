import { type Api, migrationsBeside, type Service } from "../../chassis/index.ts";
import { payment } from "../service.ts";
import { watchLedger } from "./ledger-watch.ts";
import type { Till } from "./operations.ts";
import { type PaymentSettings, paymentSettings } from "./payment-settings.ts";
import { openProvider } from "./providers.ts";
import { reconcileCommand } from "./reconcile-command.ts";
import { registerPaymentRoutes } from "./routes.ts";
import { sendWebhooks } from "./test-provider/webhook-sender.ts";
import { carryOnOperations } from "./unfinished.ts";
import { forgetOldEvents, registerWebhookRoutes } from "./webhooks.ts";

/** Looks this often for operations that nobody finishes, in milliseconds. */
const CARRY_ON_INTERVAL = 1000;
const HOUR = 3_600_000;

export const paymentService: Service<typeof paymentSettings> = {
  description: payment,
  settings: paymentSettings,
  migrations: migrationsBeside(import.meta.dirname),
  commands: { reconcile: reconcileCommand },
  setup(context) {
    const { api, database, settings, metrics, log, background, wakeOutbox } = context;
    const till: Till = {
      database,
      provider: openProvider(settings, database),
      providerTimeoutMilliseconds: settings.PROVIDER_TIMEOUT_MILLISECONDS,
      onEvent: wakeOutbox,
    };
    const outcomes = metrics.counter("payments_total", "Answers to authorisations, by what they said", [
      "outcome",
    ]);
    const received = metrics.counter("provider_events_total", "Webhooks of the provider, by what they were", [
      "receipt",
    ]);
    registerPaymentRoutes(api, till, (outcome) => outcomes.inc({ outcome }));
    registerWebhookRoutes(api, till, log, (receipt) => received.inc({ receipt }));
    watchLedger(context);
    background("unfinished operations", CARRY_ON_INTERVAL, async () => {
      const { failures, more } = await carryOnOperations(till);
      for (const { operationId, attempts, error } of failures) {
        log.warn(
          { err: error, operationId, attempts },
          "an operation cannot be finished; trying again later",
        );
      }
      return more;
    });
    background("old provider events", HOUR, () => forgetOldEvents(database));
    if (settings.PAYMENT_PROVIDER === "test") {
      const sender = { database, secret: settings.PROVIDER_WEBHOOK_SECRET, url: () => webhookUrl(api) };
      background("test provider webhooks", pollInterval(settings), () => sendWebhooks(sender));
    }
  },
};

/** Often enough for the delay to be about what the setting says. */
const pollInterval = ({ TEST_PROVIDER_DELAY_MILLISECONDS: delay }: PaymentSettings): number =>
  Math.min(Math.max(delay / 4, 20), 500);

/** Where this replica takes webhooks of the test provider; undefined while it does not listen. */
function webhookUrl({ server }: Api): string | undefined {
  const address = server.address();
  if (address === null || typeof address === "string") return undefined;
  return `http://127.0.0.1:${address.port}/webhooks/test`;
}
