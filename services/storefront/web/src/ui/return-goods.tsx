import { useRef, useState } from "preact/hooks";
import type { Order, Refund, RefundRequest } from "../../../../contracts/order-api.ts";
import { textOf } from "../forms.ts";
import { parseMoney } from "../money.ts";
import { areGoodsRefundable, piecesLeft } from "../order-states.ts";
import { randomKey } from "../random-key.ts";
import { isStaff } from "../roles.ts";
import { announce } from "../state/announcer.ts";
import { api, session } from "../state/shop.ts";
import { BusyButton } from "./button.tsx";
import { Failure } from "./failure.tsx";
import { Field } from "./field.tsx";

/** Which pieces go back, and why. Staff may give back any amount instead, and nothing else before the parcel has left. */
export function ReturnGoods({
  order,
  headers,
  onDone,
  onCancel,
}: {
  readonly order: Order;
  readonly headers: Readonly<Record<string, string>>;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [note, setNote] = useState<string>();
  // The same request is sent again with the same key, so that a lost answer gives nothing back twice.
  const sent = useRef({ text: "", key: "" });
  const staff = isStaff(session.account.value);
  const returnable = areGoodsRefundable(order) ? order.lines.filter((line) => piecesLeft(line) > 0) : [];

  const submit = async (form: HTMLFormElement) => {
    const lines = returnable
      .map(({ sku }) => ({ sku, quantity: Number(textOf(form, sku)) }))
      .filter(({ quantity }) => quantity > 0);
    const amountText = textOf(form, "amount");
    const amount = amountText === "" ? undefined : parseMoney(amountText, order.currency ?? "EUR");
    if (amountText !== "" && amount === undefined) return setNote("This is not an amount of money.");
    if (lines.length === 0 && amount === undefined) return setNote("Please say what goes back.");
    setNote(undefined);
    const body: RefundRequest = {
      reason: textOf(form, "reason"),
      ...(amount === undefined ? { lines } : { amount }),
    };
    const text = JSON.stringify(body);
    if (sent.current.text !== text) sent.current = { text, key: randomKey() };
    setBusy(true);
    setProblem(undefined);
    try {
      const path = `/orders/${order.id}/refunds`;
      const all = { ...headers, "idempotency-key": sent.current.key };
      await api<Refund>({ method: "POST", path, body, headers: all });
      announce("Your money is on its way back");
      onDone();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <h2>{staff ? "Give money back" : "Send something back"}</h2>
      {areGoodsRefundable(order) ? (
        <ul class="plain-list return-lines">
          {returnable.map((line) => (
            <li key={line.sku}>
              <label>
                <span>{line.name ?? line.sku}</span>
                <select name={line.sku}>
                  {Array.from({ length: Math.min(piecesLeft(line), 100) + 1 }, (_, pieces) => (
                    <option key={pieces} value={pieces}>
                      {pieces === 0 ? "keep" : `${pieces} back`}
                    </option>
                  ))}
                </select>
              </label>
            </li>
          ))}
        </ul>
      ) : (
        <p>
          The parcel has not left yet: a part of the money can go back. To give back all of it, cancel the
          order.
        </p>
      )}
      {staff && (
        <Field
          label={`${returnable.length > 0 ? "Or an" : "An"} amount in ${order.currency}`}
          name="amount"
          inputMode="decimal"
        />
      )}
      <Field label="Why" name="reason" required maxLength={500} hint="A few words are enough" />
      {note !== undefined && (
        <p class="notice failure" role="alert">
          {note}
        </p>
      )}
      {problem !== undefined && <Failure error={problem} />}
      <p class="actions">
        <BusyButton type="submit" isBusy={isBusy}>
          Ask for the money back
        </BusyButton>
        <button type="button" class="button quiet" onClick={onCancel}>
          Never mind
        </button>
      </p>
    </form>
  );
}
