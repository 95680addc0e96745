import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { inWords, isProblem } from "../api/errors.ts";
import { secretOf, textOf } from "../forms.ts";
import { nextPage } from "../next-page.ts";
import { announce } from "../state/announcer.ts";
import { cart, session } from "../state/shop.ts";
import { EmailField } from "../ui/credentials.tsx";
import { Field } from "../ui/field.tsx";
import { FormPage } from "../ui/form-page.tsx";

const explain = (error: unknown): string => {
  if (isProblem(error, "bad-credentials")) return "E-mail address and password do not belong together.";
  if (isProblem(error, "too-many-attempts")) return "Too many attempts. Please wait a moment and try again.";
  return inWords(error);
};

/** Lets somebody in, and brings them back to where they were. */
export function LoginPage() {
  const { query, route } = useLocation();
  const next = nextPage(query.next, "/account");
  const account = session.account.value;
  useEffect(() => {
    if (account) route(next, true);
  }, [account, next, route]);
  return (
    <FormPage
      title="Log in"
      action="Log in"
      explain={explain}
      onSubmit={async (form) => {
        await session.login(textOf(form, "email"), secretOf(form, "password"));
        announce("You are logged in");
        // The first request after a login takes over what a guest had in the cart.
        await cart.load();
      }}
      below={
        <p class="form-links">
          <a href="/forgot-password">Password forgotten?</a>
          <a href={`/register?next=${encodeURIComponent(next)}`}>Register</a>
        </p>
      }
    >
      <EmailField />
      <Field
        label="Password"
        name="password"
        type="password"
        autocomplete="current-password"
        required
        maxLength={128}
      />
    </FormPage>
  );
}
