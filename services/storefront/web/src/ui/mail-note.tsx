import type { ComponentChildren } from "preact";

/** A mail is on its way. */
export const MailNote = ({
  title,
  email,
  children,
}: {
  readonly title: string;
  readonly email: string;
  readonly children: ComponentChildren;
}) => (
  <section class="form-page panel" role="status">
    <h1>{title}</h1>
    <p>
      We have sent a message to <strong>{email}</strong>. {children}
    </p>
    <p class="muted small">Nothing there after a few minutes? Look among the unwanted mail, too.</p>
  </section>
);
