import { MAX_QUANTITY } from "../state/cart.ts";
import { Icon } from "./icon.tsx";

/** How many: one less, one more, or typed. */
export function Quantity({
  value,
  name,
  max = MAX_QUANTITY,
  onChange,
}: {
  readonly value: number;
  /** What they are, for screen readers. */
  readonly name: string;
  readonly max?: number;
  readonly onChange: (quantity: number) => void;
}) {
  const most = Math.max(1, Math.min(MAX_QUANTITY, max));
  return (
    <fieldset class="quantity">
      <legend class="visually-hidden">Quantity of {name}</legend>
      <button
        type="button"
        aria-label={`One less of ${name}`}
        disabled={value <= 1}
        onClick={() => onChange(value - 1)}
      >
        <Icon name="minus" />
      </button>
      <input
        type="number"
        inputMode="numeric"
        min={1}
        max={MAX_QUANTITY}
        value={value}
        aria-label={`Quantity of ${name}`}
        onChange={({ currentTarget }) => {
          const wanted = Math.min(MAX_QUANTITY, Math.trunc(currentTarget.valueAsNumber));
          if (wanted >= 1) onChange(wanted);
          else currentTarget.value = String(value);
        }}
      />
      <button
        type="button"
        aria-label={`One more of ${name}`}
        disabled={value >= most}
        onClick={() => onChange(value + 1)}
      >
        <Icon name="plus" />
      </button>
    </fieldset>
  );
}
