import { useState } from "preact/hooks";
import type { Review } from "../../../../contracts/review-api.ts";
import { fieldErrorsOf, textOf } from "../forms.ts";
import { announce } from "../state/announcer.ts";
import { api, session } from "../state/shop.ts";
import { BusyButton } from "./button.tsx";
import { Failure } from "./failure.tsx";
import { Field } from "./field.tsx";

/** A buyer's own words about a product. */
export function ReviewForm({
  productId,
  own,
  onDone,
  onCancel,
}: {
  readonly productId: string;
  /** What they wrote before. */
  readonly own: Review | undefined;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}) {
  const [stars, setStars] = useState(own?.stars ?? 0);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const send = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      announce(done);
      onDone();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const path = `/reviews/${productId}`;
  const errors = fieldErrorsOf(problem);
  return (
    <form
      class="review-form panel"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const body = {
          stars,
          title: textOf(form, "title"),
          text: textOf(form, "text"),
          author: textOf(form, "author"),
        };
        void send(() => api({ method: "PUT", path, body }), "Your review is published");
      }}
    >
      <h3>{own === undefined ? "Your review" : "Change your review"}</h3>
      <fieldset class="star-input">
        <legend>Stars</legend>
        {[1, 2, 3, 4, 5].map((value) => (
          <label key={value} class={value <= stars ? "on" : ""}>
            <input
              class="visually-hidden"
              type="radio"
              name="stars"
              value={value}
              required
              checked={stars === value}
              onChange={() => setStars(value)}
            />
            <span aria-hidden="true">★</span>
            <span class="visually-hidden">{value === 1 ? "1 star" : `${value} stars`}</span>
          </label>
        ))}
      </fieldset>
      <Field
        label="In a few words"
        name="title"
        required
        maxLength={120}
        defaultValue={own?.title}
        error={errors.title}
      />
      <div class="field">
        <label for="review-text">What was good, what was not?</label>
        <textarea id="review-text" name="text" rows={5} maxLength={4000} defaultValue={own?.text} />
      </div>
      <Field
        label="Name to show with it"
        name="author"
        required
        maxLength={60}
        autocomplete="nickname"
        defaultValue={own?.author ?? session.account.value?.name.split(" ")[0]}
        error={errors.author}
      />
      {problem !== undefined && <Failure error={problem} />}
      <p class="actions">
        <BusyButton type="submit" isBusy={isBusy}>
          Publish
        </BusyButton>
        <button type="button" class="button quiet" onClick={onCancel}>
          Cancel
        </button>
        {own !== undefined && (
          <button
            type="button"
            class="button quiet danger"
            onClick={() => send(() => api({ method: "DELETE", path }), "Your review was removed")}
          >
            Remove it
          </button>
        )}
      </p>
    </form>
  );
}
