import type { Account } from "../../../contracts/account-api.ts";
import { isPermitted, type Permission } from "../../../contracts/permissions.ts";

type Somebody = Account | null | undefined;

/** Whether somebody's roles let them do something; the API asks again. */
export const may = (account: Somebody, permission: Permission): boolean =>
  account ? isPermitted(account.roles, permission) : false;

/** Whether somebody works here and may look up orders. */
export const isStaff = (account: Somebody): boolean => may(account, "orders:read");

/** Whether somebody looks after goods or their stock. */
export const mayTrade = (account: Somebody): boolean =>
  may(account, "catalog:write") || may(account, "stock:write");
