import { AsyncLocalStorage } from "node:async_hooks";

const current = new AsyncLocalStorage<string>();
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As the gateway has it, whose routes know nothing of what is behind them. */
const IN_PATH = /\/orders\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=$|[/?])/i;
const IN_PAYLOAD = /"orderId":"([0-9a-f-]{36})"/i;

/** Does what is about one order, so that every line that is logged meanwhile names it. */
export const aboutOrder = <T>(orderId: string | undefined, work: () => T): T =>
  orderId === undefined ? work() : current.run(orderId, work);

/** A request, as far as it tells of an order. */
interface OrderRequest {
  readonly url: string;
  readonly params: unknown;
  readonly body: unknown;
}

/** The order that a request is about: the one that its path names, or else its body. */
export const orderOfRequest = ({ url, params, body }: OrderRequest): string | undefined =>
  orderIn(params) ?? IN_PATH.exec(url)?.[1] ?? orderIn(body);

/** The order that an event is about, as its payload tells. */
export const orderOfPayload = (payload: string): string | undefined => IN_PAYLOAD.exec(payload)?.[1];

/** What a log line says of the order that it was written for. */
export function orderFields(): { readonly orderId?: string } {
  const orderId = current.getStore();
  return orderId === undefined ? {} : { orderId };
}

function orderIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("orderId" in value)) return undefined;
  const { orderId } = value;
  return typeof orderId === "string" && ID.test(orderId) ? orderId : undefined;
}
