import { useLocation, useRoute } from "preact-iso/router";
import type { Tracking } from "../../../../contracts/logistics-api.ts";
import { isProblem } from "../api/errors.ts";
import { formatDay, formatMoment } from "../dates.ts";
import { textOf } from "../forms.ts";
import { SHIPMENT_STATE_WORDS } from "../order-states.ts";
import { api } from "../state/shop.ts";
import { Failure } from "../ui/failure.tsx";
import { Field } from "../ui/field.tsx";
import { usePolling } from "../ui/use-polling.ts";
import { useResource } from "../ui/use-resource.ts";
import { useTitle } from "../ui/use-title.ts";

/** Where a parcel is. Whoever has its number may look. */
export function TrackingPage() {
  const { params } = useRoute();
  const { route } = useLocation();
  useTitle("Follow a parcel");
  return (
    <>
      <h1>Follow a parcel</h1>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          const number = textOf(event.currentTarget, "number").replaceAll(/\s/g, "").toUpperCase();
          route(`/tracking/${encodeURIComponent(number)}`);
        }}
      >
        <Field
          key={params.number}
          label="Tracking number"
          name="number"
          required
          autocomplete="off"
          defaultValue={params.number}
          hint="In the message that your parcel is on its way"
        />
        <button type="submit" class="button">
          Look it up
        </button>
      </form>
      {params.number !== undefined && <Parcel key={params.number} number={params.number} />}
    </>
  );
}

const OVER: ReadonlySet<Tracking["state"]> = new Set(["delivered", "lost", "cancelled"]);

function Parcel({ number }: { readonly number: string }) {
  const { data, error, reload } = useResource(number, (signal) =>
    api<Tracking>({ path: `/tracking/${encodeURIComponent(number)}`, signal }),
  );
  usePolling(data === undefined || OVER.has(data.state) ? undefined : 5000, data, reload);
  if (
    isProblem(error, "unknown-shipment") ||
    isProblem(error, "invalid-request") ||
    isProblem(error, "unknown-route")
  ) {
    return (
      <p class="notice" role="alert">
        There is no parcel with this number. Please compare it with the one in the message.
      </p>
    );
  }
  if (error !== undefined && data === undefined) {
    return <Failure title="The parcel cannot be looked up right now" error={error} onRetry={reload} />;
  }
  if (data === undefined) return <p role="status">Looking it up…</p>;
  return (
    <section class="panel" aria-labelledby="parcel">
      <h2 id="parcel" aria-live="polite">
        {SHIPMENT_STATE_WORDS[data.state]}
      </h2>
      <p>
        To {data.destination}, with {data.carrier}.
        {data.expectedAt !== undefined &&
          !OVER.has(data.state) &&
          ` Expected on ${formatDay(data.expectedAt)}.`}
      </p>
      <ol class="progress">
        {data.events.map(({ at, state, note }) => (
          <li key={`${at} ${state}`} class="reached">
            <span>{note === "" ? SHIPMENT_STATE_WORDS[state] : note}</span>
            <time class="muted small" dateTime={at}>
              {formatMoment(at)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
