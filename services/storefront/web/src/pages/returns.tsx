import type { GoodsReturnPage } from "../../../../contracts/order-api.ts";
import { may } from "../roles.ts";
import { api, session } from "../state/shop.ts";
import { Failure } from "../ui/failure.tsx";
import { ReturnList } from "../ui/return-list.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";
import { NotFoundPage } from "./not-found.tsx";

/** For those who open the parcels that come back: what is waited for, the oldest first. */
export function ReturnsPage() {
  useTitle("Returns");
  const account = session.account.value;
  if (account === undefined) return <p role="status">One moment…</p>;
  if (!may(account, "returns:receive")) return <NotFoundPage />;
  return (
    <>
      <h1>Goods that come back</h1>
      <Waiting />
    </>
  );
}

function Waiting() {
  const { data, error, reload } = useResource("returns", (signal) =>
    api<GoodsReturnPage>({ path: "/orders/returns", query: { limit: 100 }, signal }),
  );
  if (error !== undefined) {
    return <Failure title="The returns cannot be shown right now" error={error} onRetry={reload} />;
  }
  if (data === undefined) return <p role="status">Looking…</p>;
  if (data.items.length === 0) return <p role="status">Nothing is waited for.</p>;
  return (
    <section class="panel" aria-label="Waited for">
      <ReturnList returns={data.items} onChange={reload} />
      {data.next !== null && (
        <p class="muted small">There are more; they follow when some of these are here.</p>
      )}
    </section>
  );
}
