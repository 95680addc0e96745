import { integer, migrationsBeside, type Service } from "../../chassis/index.ts";
import { payment } from "../service.ts";
import { registerPaymentRoutes } from "./routes.ts";
import { testProvider } from "./test-provider.ts";

const settings = {
  /** The provider has this long to answer, in milliseconds. */
  PROVIDER_TIMEOUT_MILLISECONDS: integer(1, 30_000, 3000),
};

export const paymentService: Service<typeof settings> = {
  description: payment,
  settings,
  migrations: migrationsBeside(import.meta.dirname),
  setup({ api, database, settings }) {
    registerPaymentRoutes(api, {
      database,
      provider: testProvider,
      providerTimeoutMilliseconds: settings.PROVIDER_TIMEOUT_MILLISECONDS,
    });
  },
};
