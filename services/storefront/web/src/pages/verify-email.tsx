import { useState } from "preact/hooks";
import { isProblem } from "../api/errors.ts";
import { mailedToken } from "../mailed-token.ts";
import { api } from "../state/shop.ts";
import { Failure } from "../ui/failure.tsx";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";

/** Where the link of a registration leads to. */
export function VerifyEmailPage() {
  useTitle("Confirm your address");
  const [token] = useState(() => mailedToken(location.hash));
  const { data, error, reload } = useResource(token ?? "", async () => {
    if (token !== undefined) await api({ method: "PUT", path: `/email-verifications/${token}` });
    return { isConfirmed: token !== undefined };
  });
  const isBad = data?.isConfirmed === false || isProblem(error, "bad-token");
  return (
    <section class="form-page panel" aria-live="polite">
      <h1>{data?.isConfirmed ? "Welcome" : "Confirm your address"}</h1>
      {data === undefined && error === undefined && <p>One moment…</p>}
      {data?.isConfirmed && (
        <>
          <p>Your address is confirmed, and your account is ready.</p>
          <a class="button" href="/login">
            Log in
          </a>
        </>
      )}
      {isBad && (
        <>
          <p>This link was used before, is too old, or is not whole. If you can log in, all is well.</p>
          <p class="actions">
            <a class="button" href="/login">
              Log in
            </a>
            <a class="button quiet" href="/register">
              Register again
            </a>
          </p>
        </>
      )}
      {error !== undefined && !isBad && <Failure error={error} onRetry={reload} />}
    </section>
  );
}
