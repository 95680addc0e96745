import type { Account } from "../../../contracts/account-api.ts";

/** Whether somebody works here and may look up orders; the API asks again. */
export const isStaff = (account: Account | null | undefined): boolean =>
  account?.roles.some((role) => role === "support" || role === "admin") ?? false;
