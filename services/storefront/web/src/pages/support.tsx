import { useLocation } from "preact-iso/router";
import type { OrderPage as Page } from "../../../../contracts/order-api.ts";
import { textOf } from "../forms.ts";
import { isStaff } from "../roles.ts";
import { api, session } from "../state/shop.ts";
import { Failure } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { OrderList } from "../ui/order-list.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";
import { NotFoundPage } from "./not-found.tsx";

/** For those who help customers: finds orders by address; the order's own page does the rest. */
export function SupportPage() {
  useTitle("Support");
  const { query, route } = useLocation();
  const account = session.account.value;
  if (account === undefined) return <p role="status">One moment…</p>;
  if (!isStaff(account)) return <NotFoundPage />;
  return (
    <>
      <h1>Orders of a customer</h1>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          route(`/support?customer=${encodeURIComponent(textOf(event.currentTarget, "customer"))}`);
        }}
      >
        <Field label="E-mail address" name="customer" type="email" required defaultValue={query.customer} />
        <button type="submit" class="button">
          Find
        </button>
      </form>
      {query.customer !== undefined && <Found key={query.customer} customer={query.customer} />}
    </>
  );
}

function Found({ customer }: { readonly customer: string }) {
  const { data, error, reload } = useResource(customer, (signal) =>
    api<Page>({ path: "/orders", query: { customer, limit: 100 }, signal }),
  );
  if (error !== undefined) return <Failure error={error} onRetry={reload} />;
  if (data === undefined) return <p role="status">Looking…</p>;
  if (data.items.length === 0) return <p role="status">This address has no orders.</p>;
  return <OrderList orders={data.items} />;
}
