import { useRef, useState } from "preact/hooks";
import type { Order } from "../../../../contracts/order-api.ts";
import { isProblem } from "../api/errors.ts";
import { announce } from "../state/announcer.ts";
import { api } from "../state/shop.ts";
import { BusyButton } from "./button.tsx";
import { Failure } from "./failure.tsx";

/** Stops an order that is not with the carrier yet, after asking once. */
export function CancelOrder({
  order,
  headers,
  onChange,
}: {
  readonly order: Order;
  readonly headers: Readonly<Record<string, string>>;
  readonly onChange: (order: Order) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const cancel = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const path = `/orders/${order.id}/cancellation`;
      onChange(await api<Order>({ method: "POST", path, headers, body: {} }));
      announce("Your order is cancelled");
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
      dialog.current?.close();
    }
  };
  return (
    <>
      {problem !== undefined &&
        (isProblem(problem, "already-dispatched") ? (
          <p class="notice" role="alert">
            It is too late: the parcel is with the carrier. You can send it back when it has arrived.
          </p>
        ) : (
          <Failure error={problem} />
        ))}
      <button type="button" class="button quiet danger" onClick={() => dialog.current?.showModal()}>
        Cancel the order
      </button>
      <dialog ref={dialog} aria-labelledby="cancel-title">
        <h2 id="cancel-title">Cancel this order?</h2>
        <p>Nothing will be sent, and your money comes back.</p>
        <p class="actions">
          <BusyButton class="danger" isBusy={isBusy} onClick={cancel}>
            Yes, cancel it
          </BusyButton>
          <button type="button" class="button quiet" onClick={() => dialog.current?.close()}>
            Keep it
          </button>
        </p>
      </dialog>
    </>
  );
}
