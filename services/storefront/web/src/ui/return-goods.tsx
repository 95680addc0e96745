import { useRef, useState } from "preact/hooks";
import type {
  GoodsReturn,
  GoodsReturnRequest,
  Order,
  Refund,
  RefundRequest,
} from "../../../../contracts/order-api.ts";
import { textOf } from "../forms.ts";
import { parseMoney } from "../money.ts";
import { areGoodsRefundable, piecesLeft } from "../order-states.ts";
import { randomKey } from "../random-key.ts";
import { announce } from "../state/announcer.ts";
import { api } from "../state/shop.ts";
import { BusyButton } from "./button.tsx";
import { Failure } from "./failure.tsx";
import { Field } from "./field.tsx";

/** What a buyer does with goods, and staff with money. */
const PURPOSES = {
  return: {
    title: "Send something back",
    explanation: "Say what comes back, and send it to us. Your money is on its way as soon as it is here.",
    action: "Announce the return",
    done: "We are waiting for your goods",
  },
  refund: {
    title: "Give money back",
    explanation: undefined,
    action: "Give the money back",
    done: "The money is on its way back",
  },
} as const;

/**
 * Which pieces go back, and why. The money of goods that a buyer sends back waits for them; staff give it at once, also
 * any amount, and nothing but a part of it before the parcel has left.
 */
export function ReturnGoods({
  purpose,
  order,
  headers,
  onDone,
  onCancel,
}: {
  readonly purpose: keyof typeof PURPOSES;
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
  const { title, explanation, action, done } = PURPOSES[purpose];
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
    const reason = textOf(form, "reason");
    const body: RefundRequest | GoodsReturnRequest =
      amount === undefined ? { reason, lines } : { reason, amount };
    const text = JSON.stringify(body);
    if (sent.current.text !== text) sent.current = { text, key: randomKey() };
    setBusy(true);
    setProblem(undefined);
    try {
      const path = `/orders/${order.id}/${purpose}s`;
      const all = { ...headers, "idempotency-key": sent.current.key };
      await api<Refund | GoodsReturn>({ method: "POST", path, body, headers: all });
      announce(done);
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
      <h2>{title}</h2>
      {explanation !== undefined && <p>{explanation}</p>}
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
      {purpose === "refund" && (
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
          {action}
        </BusyButton>
        <button type="button" class="button quiet" onClick={onCancel}>
          Never mind
        </button>
      </p>
    </form>
  );
}
