import { MAIL_PAGES } from "../../contracts/account-api.ts";
import type { MailContent, MailKind } from "./mail.ts";

/** A mail as people read it: plain text, which every reader shows and nothing hides in. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** Makes the text of a mail, with links that begin with the shop's public address. */
export function mailText(
  kind: MailKind,
  { name, token }: Omit<MailContent, "email">,
  publicUrl: string,
): MailText {
  const base = publicUrl.replace(/\/+$/, "");
  const link = (page: string) => `${base}${page}#${token}`;
  const letter = (subject: string, ...paragraphs: string[]): MailText => ({
    subject,
    text: `${[`Hello ${name},`, ...paragraphs].join("\n\n")}\n`,
  });
  switch (kind) {
    case "verify-email":
      return letter(
        "Confirm your e-mail address",
        "somebody, hopefully you, has registered with this address. Follow this link within 24 hours to confirm it:",
        link(MAIL_PAGES.verifyEmail),
        "If it was not you, do nothing: without the link there will be no account.",
      );
    case "already-registered":
      return letter(
        "You have an account already",
        "somebody, hopefully you, tried to register with this address. It has an account already, and nothing was changed.",
        `If you do not remember the password, set a new one: ${base}/forgot-password`,
      );
    case "reset-password":
      return letter(
        "Set a new password",
        "follow this link within 30 minutes to set a new password:",
        link(MAIL_PAGES.resetPassword),
        "If you did not ask for it, do nothing: your password stays as it is.",
      );
    case "password-changed":
      return letter(
        "Your password was changed",
        "the password of your account was changed just now, and every device was logged out.",
        `If it was not you, set a new one at once: ${base}/forgot-password`,
      );
  }
}
