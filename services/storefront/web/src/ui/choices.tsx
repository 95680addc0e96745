import type { ShippingMethod } from "../../../../contracts/address.ts";
import { TEST_CARDS } from "../cards.ts";
import { Icon } from "./icon.tsx";

const METHODS: Readonly<Record<ShippingMethod, { readonly name: string; readonly text: string }>> = {
  standard: { name: "Standard", text: "Three to five working days" },
  express: { name: "Express", text: "One to two working days" },
};

const isMethod = (text: string): text is ShippingMethod => Object.hasOwn(METHODS, text);

/** How fast the parcel goes. */
export const ShippingChoice = ({
  value,
  onChange,
}: {
  readonly value: ShippingMethod;
  readonly onChange: (method: ShippingMethod) => void;
}) => (
  <fieldset class="panel choices">
    <legend>How fast</legend>
    {Object.entries(METHODS).map(([method, { name, text }]) => (
      <Choice
        key={method}
        group="shipping"
        value={method}
        isChosen={value === method}
        name={name}
        text={text}
        onChoose={() => isMethod(method) && onChange(method)}
      />
    ))}
  </fieldset>
);

/** Which card pays. */
export const CardChoice = ({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (token: string) => void;
}) => (
  <fieldset class="panel choices">
    <legend>How paid</legend>
    <p class="muted small">
      <Icon name="lock" /> This is a demo: choose how the test card shall behave. No card number is ever asked
      for.
    </p>
    {TEST_CARDS.map(({ token, name, text }) => (
      <Choice
        key={token}
        group="card"
        value={token}
        isChosen={value === token}
        name={`Test card: ${name.toLowerCase()}`}
        text={text}
        onChoose={() => onChange(token)}
      />
    ))}
  </fieldset>
);

const Choice = ({
  group,
  value,
  isChosen,
  name,
  text,
  onChoose,
}: {
  readonly group: string;
  readonly value: string;
  readonly isChosen: boolean;
  readonly name: string;
  readonly text: string;
  readonly onChoose: () => void;
}) => (
  <label class="choice">
    <input type="radio" name={group} value={value} checked={isChosen} onChange={onChoose} />
    <span>
      <strong>{name}</strong>
      <span class="muted small">{text}</span>
    </span>
  </label>
);
