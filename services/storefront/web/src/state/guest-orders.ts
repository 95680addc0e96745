/** What a guest needs to see an order again on this device. */
const prefix = "tradestack.order-token.";

/** Keeps the token of a guest's order. */
export const keepOrderToken = (orderId: string, token: string): void =>
  localStorage.setItem(prefix + orderId, token);

/** The token of a guest's order: of the link that was followed, else of this device. */
export function orderTokenOf(orderId: string, fragment: string): string | undefined {
  const token = /^#([\w-]{16,})$/.exec(fragment)?.[1];
  if (token !== undefined) keepOrderToken(orderId, token);
  return token ?? localStorage.getItem(prefix + orderId) ?? undefined;
}

/** Orders that were made on this device without a login. */
export const guestOrderIds = (): string[] =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
