import { useState } from "preact/hooks";
import { inWords, isProblem } from "../api/errors.ts";
import { secretOf } from "../forms.ts";
import { mailedToken } from "../mailed-token.ts";
import { api, session } from "../state/shop.ts";
import { NewPasswordField } from "../ui/credentials.tsx";
import { FormPage } from "../ui/form-page.tsx";
import { useTitle } from "../ui/use-title.ts";

const explain = (error: unknown): string => {
  if (isProblem(error, "bad-token"))
    return "This link was used before or is too old. Please ask for another one.";
  if (isProblem(error, "weak-password"))
    return "This password is too easy to guess. Please take another one.";
  return inWords(error);
};

/** Where the link of a forgotten password leads to. */
export function ResetPasswordPage() {
  useTitle("New password");
  const [token] = useState(() => mailedToken(location.hash));
  const [isDone, setDone] = useState(false);
  if (isDone || token === undefined) {
    return (
      <section class="form-page panel">
        <h1>{isDone ? "Your password is changed" : "This link is not whole"}</h1>
        <p>
          {isDone
            ? "You were logged out everywhere. Log in with the new one."
            : "Please copy all of it from the message, or ask for another one."}
        </p>
        <a class="button" href={isDone ? "/login" : "/forgot-password"}>
          {isDone ? "Log in" : "Ask for another link"}
        </a>
      </section>
    );
  }
  return (
    <FormPage
      title="New password"
      action="Change the password"
      explain={explain}
      onSubmit={async (form) => {
        const body = { password: secretOf(form, "password") };
        await api({ method: "PUT", path: `/password-resets/${token}`, body });
        session.forget();
        setDone(true);
      }}
    >
      <NewPasswordField label="New password" />
    </FormPage>
  );
}
