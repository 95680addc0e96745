import { isDatabaseAway, isNotProvisioned } from "./database-errors.ts";
import type { Logger } from "./log.ts";

/** Pause between attempts, in milliseconds. */
const RETRY = 500;
/** A role or database that is still not there after so long never will be, in milliseconds. */
const PROVISION_DEADLINE = 120_000;

/**
 * Runs `work` when the database is there: a service and its database may start at the same time.
 *
 * @throws What `work` throws for any other reason; also when the service's role or database does not come.
 */
export async function waitForDatabase<T>(work: () => Promise<T>, log: Logger): Promise<T> {
  const deadline = Date.now() + PROVISION_DEADLINE;
  for (let told = false; ; told = true) {
    try {
      return await work();
    } catch (error) {
      const comes = isDatabaseAway(error) || (isNotProvisioned(error) && Date.now() < deadline);
      if (!comes) throw error;
      if (!told) log.warn({ err: error }, "waiting for the database");
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }
}
