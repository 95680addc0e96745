import { useState } from "preact/hooks";
import type { OrderPage as Page } from "../../../../contracts/order-api.ts";
import { guestOrderIds } from "../state/guest-orders.ts";
import { api, session } from "../state/shop.ts";
import { BusyButton } from "../ui/button.tsx";
import { Failure } from "../ui/failure.tsx";
import { OrderList } from "../ui/order-list.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";

/** The visitor's orders: those of their account, and those that were made on this device without one. */
export function OrdersPage() {
  useTitle("Your orders");
  const account = session.account.value;
  const guests = guestOrderIds();
  return (
    <>
      <h1>Your orders</h1>
      {account === undefined && <p role="status">One moment…</p>}
      {account && <AccountOrders key={account.id} />}
      {account === null && (
        <div class="notice">
          <p>Log in to see the orders of your account.</p>
          <a class="button" href="/login?next=/orders">
            Log in
          </a>
        </div>
      )}
      {guests.length > 0 && (
        <section aria-labelledby="guest-orders">
          <h2 id="guest-orders">Ordered on this device without an account</h2>
          <ul class="plain-list">
            {guests.map((id) => (
              <li key={id}>
                <a class="code" href={`/orders/${id}`}>
                  {id}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function AccountOrders() {
  const [isMore, setMore] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const read = (after: string | undefined, signal?: AbortSignal) =>
    api<Page>({ path: "/orders", query: { limit: 20, after }, signal });
  const { data, error, reload, set } = useResource("orders", (signal) => read(undefined, signal));
  if (error !== undefined) {
    return <Failure title="Your orders cannot be shown right now" error={error} onRetry={reload} />;
  }
  if (data === undefined) return <p role="status">Looking up your orders…</p>;
  if (data.items.length === 0) {
    return (
      <div class="empty">
        <p>You have not ordered anything yet.</p>
        <a class="button" href="/products">
          See all goods
        </a>
      </div>
    );
  }
  const more = async () => {
    setMore(true);
    setProblem(undefined);
    try {
      const next = await read(data.next ?? undefined);
      set({ ...next, items: [...data.items, ...next.items] });
    } catch (failure) {
      setProblem(failure);
    } finally {
      setMore(false);
    }
  };
  return (
    <>
      <OrderList orders={data.items} />
      {problem !== undefined && <Failure error={problem} />}
      {data.next !== null && (
        <p class="more">
          <BusyButton isBusy={isMore} onClick={more} class="quiet">
            Show older orders
          </BusyButton>
        </p>
      )}
    </>
  );
}
