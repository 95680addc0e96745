import { Type } from "typebox";

/** ISO 4217 code of a currency, such as `EUR`. */
export const Currency = Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217 code" });

/** An amount in the currency's minor unit (cents), never a fraction. At most 2^53 - 1, so that JSON keeps it. */
export const MinorUnits = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
