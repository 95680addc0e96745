import { BestEffort } from "../../chassis/best-effort.ts";
import { ContractError, type HttpClient, type Logger, parseAnswer } from "../../chassis/index.ts";
import { PricedVariants } from "../../contracts/catalog-api.ts";
import type { StoredLine } from "./cart-store.ts";
import type { Variants } from "./price.ts";

/** A cart without prices is more use than one that does not come. */
const DEADLINE_MS = 1000;

/** Asks the catalog what the goods of a cart cost, each time anew: nothing is kept, so nothing is out of date. */
export class CatalogPrices {
  readonly #catalog: HttpClient;
  readonly #log: Logger;
  readonly #bestEffort: BestEffort;

  /** @param onMissed Called each time the catalog gives no answer. */
  constructor(catalog: HttpClient, log: Logger, onMissed: () => void) {
    this.#catalog = catalog;
    this.#log = log;
    this.#bestEffort = new BestEffort({ deadlineMs: DEADLINE_MS, onMissed });
  }

  /** What is sold of these goods; undefined while the catalog cannot be asked. */
  async of(lines: readonly StoredLine[], requestId: string): Promise<Variants> {
    if (lines.length === 0) return new Map();
    const query = lines.map(({ sku }) => `sku=${encodeURIComponent(sku)}`).join("&");
    return this.#bestEffort.attempt(async () => {
      const answer = await this.#catalog.send({ method: "GET", path: `/variants?${query}`, requestId });
      try {
        if (answer.status !== 200) throw new ContractError(`prices were answered ${answer.status}`);
        const { items } = parseAnswer(PricedVariants, answer);
        return new Map(items.map((variant) => [variant.sku, variant]));
      } catch (error) {
        this.#log.error({ err: error, requestId }, "the catalog's answer cannot be read");
        throw error;
      }
    });
  }
}
