import { Field } from "./field.tsx";

/** Fewest characters of a password; the API decides. */
const MIN_PASSWORD = 10;

export const EmailField = () => (
  <Field label="E-mail address" name="email" type="email" autocomplete="username" required maxLength={254} />
);

export const NewPasswordField = ({ label = "Password" }: { readonly label?: string }) => (
  <Field
    label={label}
    name="password"
    type="password"
    autocomplete="new-password"
    required
    minLength={MIN_PASSWORD}
    maxLength={128}
    hint={`At least ${MIN_PASSWORD} characters; a few words are easier to remember than signs`}
  />
);
