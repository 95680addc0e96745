import { announcement } from "../state/announcer.ts";

/** Says to screen readers what others see happen. */
export const Announcer = () => (
  <p class="visually-hidden" role="status">
    {announcement}
  </p>
);
