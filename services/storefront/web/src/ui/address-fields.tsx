import { COUNTRIES } from "../countries.ts";
import type { Draft } from "../state/draft.ts";
import { Field } from "./field.tsx";

/** Who orders, and where the parcel goes. Browsers fill it in by themselves where they know it. */
export function AddressFields({
  draft,
  errors,
  onChange,
}: {
  readonly draft: Draft;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (part: Partial<Draft>) => void;
}) {
  const input = (name: "email" | "name" | "street" | "postalCode" | "city") => ({
    name,
    required: true,
    value: draft[name],
    error: errors[name],
    onInput: ({ currentTarget: { value } }: { readonly currentTarget: HTMLInputElement }) =>
      onChange({ [name]: value }),
  });
  return (
    <fieldset class="panel">
      <legend>Where to</legend>
      <Field
        label="E-mail address"
        type="email"
        autocomplete="email"
        maxLength={254}
        hint="For news of this order only"
        {...input("email")}
      />
      <Field label="Full name" autocomplete="shipping name" maxLength={100} {...input("name")} />
      <Field
        label="Street and number"
        autocomplete="shipping street-address"
        maxLength={200}
        {...input("street")}
      />
      <div class="field-row">
        <Field
          label="Postal code"
          autocomplete="shipping postal-code"
          maxLength={20}
          {...input("postalCode")}
        />
        <Field label="Town" autocomplete="shipping address-level2" maxLength={100} {...input("city")} />
      </div>
      <div class="field">
        <label for="country">Country</label>
        <select
          id="country"
          name="country"
          autocomplete="shipping country"
          value={draft.country}
          aria-invalid={errors.country !== undefined}
          aria-describedby={errors.country === undefined ? undefined : "country-error"}
          onChange={({ currentTarget: { value } }) => onChange({ country: value })}
        >
          {COUNTRIES.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
        {errors.country !== undefined && (
          <span class="field-error" id="country-error" role="alert">
            {errors.country}
          </span>
        )}
      </div>
    </fieldset>
  );
}
