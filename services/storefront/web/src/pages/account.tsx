import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import type { Account, AccountExport, PasswordChange, Session } from "../../../../contracts/account-api.ts";
import { inWords, isProblem } from "../api/errors.ts";
import { formatDay } from "../dates.ts";
import { secretOf, textOf } from "../forms.ts";
import { isStaff, may, mayTrade } from "../roles.ts";
import { announce } from "../state/announcer.ts";
import { api, cart, session } from "../state/shop.ts";
import { BusyButton } from "../ui/button.tsx";
import { NewPasswordField } from "../ui/credentials.tsx";
import { Failure } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { SmallForm } from "../ui/small-form.tsx";
import { useTitle } from "../ui/use-title.ts";

/** Who the visitor is, and what they can change about it. */
export function AccountPage() {
  useTitle("Your account");
  const { route } = useLocation();
  const account = session.account.value;
  useEffect(() => {
    if (account === null) route("/login?next=/account", true);
  }, [account, route]);
  if (!account) return <p role="status">One moment…</p>;
  return (
    <>
      <h1>Your account</h1>
      <div class="panels">
        <Overview account={account} />
        <SmallForm
          title="Name"
          action="Save the name"
          done="Your name is saved"
          onSubmit={async (form) => {
            const body = { name: textOf(form, "name") };
            session.update(await api<Account>({ method: "PATCH", path: "/accounts/me", body }));
          }}
        >
          <Field
            label="Name"
            name="name"
            autocomplete="name"
            required
            maxLength={100}
            defaultValue={account.name}
          />
        </SmallForm>
        <SmallForm
          title="Password"
          action="Change the password"
          done="Your password is changed. You were logged out everywhere else."
          explain={explainPassword}
          onSubmit={async (form) => {
            const body: PasswordChange = {
              currentPassword: secretOf(form, "currentPassword"),
              password: secretOf(form, "password"),
            };
            session.adopt(await api<Session>({ method: "PUT", path: "/accounts/me/password", body }));
            form.reset();
          }}
        >
          <input
            class="visually-hidden"
            type="email"
            autocomplete="username"
            value={account.email}
            readOnly
            tabIndex={-1}
            aria-hidden="true"
          />
          <Field
            label="Current password"
            name="currentPassword"
            type="password"
            autocomplete="current-password"
            required
            maxLength={128}
          />
          <NewPasswordField label="New password" />
        </SmallForm>
        <Sessions />
        <Deletion email={account.email} />
      </div>
    </>
  );
}

const explainPassword = (error: unknown): string => {
  if (isProblem(error, "bad-credentials")) return "The current password is not right.";
  if (isProblem(error, "weak-password"))
    return "This password is too easy to guess. Please take another one.";
  return inWords(error);
};

const Overview = ({ account }: { readonly account: Account }) => (
  <section class="panel" aria-labelledby="overview">
    <h2 id="overview">{account.name}</h2>
    <p>
      {account.email}
      <br />
      <span class="muted small">
        Customer since {formatDay(account.createdAt)}
        {account.roles.length > 1 && `, ${account.roles.join(", ")}`}
      </span>
    </p>
    <p class="actions">
      <a class="button" href="/orders">
        Your orders
      </a>
      {isStaff(account) && (
        <a class="button quiet" href="/support">
          Support
        </a>
      )}
      {mayTrade(account) && (
        <a class="button quiet" href="/merchant">
          The shop's goods
        </a>
      )}
      {may(account, "returns:receive") && (
        <a class="button quiet" href="/returns">
          Returns
        </a>
      )}
    </p>
  </section>
);

function Sessions() {
  const [busy, setBusy] = useState<"logout" | "everywhere" | "export">();
  const [problem, setProblem] = useState<unknown>();
  const run = async (what: NonNullable<typeof busy>, work: () => Promise<void>) => {
    setBusy(what);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(undefined);
    }
  };
  const leave = async (everywhere: boolean) => {
    await session.logout(everywhere);
    announce("You are logged out");
    await cart.load();
  };
  return (
    <section class="panel" aria-labelledby="sessions">
      <h2 id="sessions">Logged in</h2>
      {problem !== undefined && <Failure error={problem} />}
      <p class="actions">
        <BusyButton
          class="quiet"
          isBusy={busy === "logout"}
          onClick={() => run("logout", () => leave(false))}
        >
          Log out
        </BusyButton>
        <BusyButton
          class="quiet"
          isBusy={busy === "everywhere"}
          onClick={() => run("everywhere", () => leave(true))}
        >
          Log out everywhere
        </BusyButton>
      </p>
      <h3>Your data</h3>
      <BusyButton class="quiet" isBusy={busy === "export"} onClick={() => run("export", downloadData)}>
        Download what we keep about you
      </BusyButton>
    </section>
  );
}

const Deletion = ({ email }: { readonly email: string }) => (
  <SmallForm
    title="Delete the account"
    action="Delete my account"
    isDangerous
    done="Your account is deleted"
    explain={explainDeletion}
    onSubmit={async (form) => {
      const body = { password: secretOf(form, "passwordToDelete") };
      await api({ method: "POST", path: "/accounts/me/deletion", body });
      session.forget();
      announce("Your account is deleted");
      await cart.load();
    }}
  >
    <p>
      All that names you is removed at once, and cannot be brought back. Your orders end as they would have.
    </p>
    <input
      class="visually-hidden"
      type="email"
      autocomplete="username"
      value={email}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
    <Field
      label="Your password, to be sure"
      name="passwordToDelete"
      type="password"
      autocomplete="current-password"
      required
      maxLength={128}
    />
  </SmallForm>
);

const explainDeletion = (error: unknown): string => {
  if (isProblem(error, "bad-credentials")) return "This password is not right. Nothing was deleted.";
  if (isProblem(error, "last-admin")) return "Somebody else has to be an admin first. Nothing was deleted.";
  return inWords(error);
};

async function downloadData(): Promise<void> {
  const data = await api<AccountExport>({ path: "/accounts/me/export" });
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(data, undefined, 2)], { type: "application/json" }),
  );
  const link = document.createElement("a");
  link.href = url;
  link.download = "account.json";
  link.click();
  URL.revokeObjectURL(url);
}
