import type { Database, HttpClient, Logger } from "../../chassis/index.ts";
import { CancellationStore } from "./cancellation-store.ts";
import { RefundStore } from "./refund-store.ts";
import { ReturnStore } from "./return-store.ts";

/** What orders are cancelled and refunded with. */
export interface AfterSale {
  readonly database: Pick<Database, "query" | "transaction">;
  readonly cancellations: CancellationStore;
  readonly refunds: RefundStore;
  readonly returns: ReturnStore;
  readonly catalog: Pick<HttpClient, "send">;
  readonly payment: Pick<HttpClient, "send">;
  readonly logistics: Pick<HttpClient, "send">;
  readonly log: Logger;
  /** Called when an event was stored. */
  readonly onEvent: () => void;
  /** Called when a refund or a cancellation came to its end. */
  readonly onFinished: (what: "refund" | "cancellation", end: string) => void;
}

/** Adds the stores to what they work with. */
export const afterSale = (parts: Omit<AfterSale, "cancellations" | "refunds" | "returns">): AfterSale => ({
  ...parts,
  cancellations: new CancellationStore(parts.database),
  refunds: new RefundStore(parts.database),
  returns: new ReturnStore(parts.database),
});
