import { useState } from "preact/hooks";
import { textOf } from "../forms.ts";
import { api } from "../state/shop.ts";
import { EmailField } from "../ui/credentials.tsx";
import { FormPage } from "../ui/form-page.tsx";
import { MailNote } from "../ui/mail-note.tsx";

/** Sends a link to whoever owns the address. */
export function ForgotPasswordPage() {
  const [sentTo, setSentTo] = useState<string>();
  if (sentTo !== undefined) {
    return (
      <MailNote title="Look at your mail" email={sentTo}>
        If there is an account with this address, the message has a link to choose a new password.
      </MailNote>
    );
  }
  return (
    <FormPage
      title="Password forgotten"
      action="Send me a link"
      onSubmit={async (form) => {
        const email = textOf(form, "email");
        await api({ method: "POST", path: "/password-resets", body: { email } });
        setSentTo(email);
      }}
      below={
        <p class="form-links">
          <a href="/login">Back to the login</a>
        </p>
      }
    >
      <EmailField />
    </FormPage>
  );
}
