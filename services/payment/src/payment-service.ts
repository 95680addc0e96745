import { type Api, migrationsBeside, type Service } from "../../chassis/index.ts";
import { payment } from "../service.ts";
import { watchLedger } from "./ledger-watch.ts";
import { carryOnOperations, type Till } from "./operations.ts";
import { type PaymentSettings, paymentSettings } from "./payment-settings.ts";
import { openProvider } from "./providers.ts";
import { reconcileCommand } from "./reconcile-command.ts";
import { registerPaymentRoutes } from "./routes.ts";
import { sendWebhooks } from "./test-provider/webhook-sender.ts";
import { forgetOldEvents, registerWebhookRoutes } from "./webhooks.ts";

/** Looks this often for operations that nobody finishes, in milliseconds. */
const CARRY_ON_INTERVAL = 1000;
/** An operation that its client began is left to the client for so long, in seconds. */
const ABANDONED_AFTER = 30;
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
      const { failures } = await carryOnOperations(till, ABANDONED_AFTER);
      // The worker logs it once and tries again after a growing pause.
      if (failures.length > 0)
        throw new AggregateError(failures, `${failures.length} operations cannot be finished`);
      return false;
    });
    background("old provider events", HOUR, async () => {
      await forgetOldEvents(till);
      return false;
    });
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
