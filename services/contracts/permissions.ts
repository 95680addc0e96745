/** Who may do what. It needs no schemas, so that pages can read it, too. */

/** What people may be. Everybody who has an account is a customer. */
export const ROLES = ["customer", "support", "merchant", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Which roles may do what, beyond what everybody may do with what is their own. */
export const PERMISSIONS = {
  /** Change products and categories. */
  "catalog:write": ["merchant", "admin"],
  /** Count stock in and out. */
  "stock:write": ["merchant", "admin"],
  /** Read anybody's order. */
  "orders:read": ["support", "admin"],
  /** Cancel anybody's order. */
  "orders:cancel": ["support", "admin"],
  /** Give money back, in part or whole. */
  "orders:refund": ["support", "admin"],
  /** Say that goods have come back, which pays for them and puts them into stock. */
  "returns:receive": ["support", "merchant", "admin"],
  /** Read anybody's shipment. */
  "shipments:read": ["support", "admin"],
  /** Report a parcel lost. */
  "shipments:write": ["support", "admin"],
  /** Remove anybody's review. */
  "reviews:moderate": ["support", "admin"],
  /** Read anybody's account. */
  "accounts:read": ["support", "admin"],
  /** Change roles, lock and unlock accounts. */
  "accounts:manage": ["admin"],
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

/** Whether one of these roles is enough. */
export const isPermitted = (roles: readonly Role[], permission: Permission): boolean =>
  roles.some((role) => (PERMISSIONS[permission] as readonly Role[]).includes(role));
