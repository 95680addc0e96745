import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import type { RegistrationRequest } from "../../../../contracts/account-api.ts";
import { inWords, isProblem } from "../api/errors.ts";
import { secretOf, textOf } from "../forms.ts";
import { nextPage } from "../next-page.ts";
import { announce } from "../state/announcer.ts";
import { api, cart, session } from "../state/shop.ts";
import { EmailField, NewPasswordField } from "../ui/credentials.tsx";
import { Field } from "../ui/field.tsx";
import { FormPage } from "../ui/form-page.tsx";
import { MailNote } from "../ui/mail-note.tsx";

const explain = (error: unknown): string =>
  isProblem(error, "weak-password")
    ? "This password is too easy to guess. Please take another one."
    : inWords(error);

/** Makes an account. Whether an address has one already is nobody's business, so the answer never says. */
export function RegisterPage() {
  const { query, route } = useLocation();
  const [sentTo, setSentTo] = useState<string>();
  const next = nextPage(query.next, "/account");
  if (sentTo !== undefined) {
    return (
      <MailNote title="Nearly done" email={sentTo}>
        Follow the link in it, then log in.
      </MailNote>
    );
  }
  return (
    <FormPage
      title="Register"
      action="Register"
      explain={explain}
      onSubmit={async (form) => {
        const body: RegistrationRequest = {
          name: textOf(form, "name"),
          email: textOf(form, "email"),
          password: secretOf(form, "password"),
        };
        await api({ method: "POST", path: "/accounts", body });
        try {
          // Where addresses need no confirmation, the account can be used at once.
          await session.login(body.email, body.password);
        } catch {
          setSentTo(body.email);
          return;
        }
        announce("Your account is ready, and you are logged in");
        await cart.load();
        route(next, true);
      }}
      below={
        <p class="form-links">
          <span>You have an account?</span>
          <a href={`/login?next=${encodeURIComponent(next)}`}>Log in</a>
        </p>
      }
    >
      <Field label="Name" name="name" autocomplete="name" required maxLength={100} />
      <EmailField />
      <NewPasswordField />
    </FormPage>
  );
}
