/** SQLSTATE of a PostgreSQL error, such as `23505`; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
  }
  return undefined;
}

/** Name of the constraint that a statement was refused by, such as `last_admin`; undefined for any other error. */
export const violatedConstraint = (error: unknown): string | undefined =>
  error instanceof Error && "constraint" in error && typeof error.constraint === "string"
    ? error.constraint
    : undefined;

/** Whether the same transaction may succeed when it is run again: serialization failure or deadlock. */
export const isTransactionConflict = (error: unknown): boolean => {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
};

const NETWORK_ERRORS = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
/** Messages of the driver for which it has no code. */
const DRIVER_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered|Query read timeout)/;
/**
 * 08: connection lost; 57P: server shuts down or starts; 57014: too busy to answer in time; 53: out of connections or
 * other resources; 25006: a former primary that only reads.
 */
const AWAY_STATES = /^(08|57P|57014|53|25006)/;

/** Whether an error says that the database is away for now, not that a statement is wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const state = sqlState(error);
  if (state !== undefined && AWAY_STATES.test(state)) return true;
  if ("code" in error && typeof error.code === "string" && NETWORK_ERRORS.has(error.code)) {
    return !("syscall" in error) || error.syscall !== "open";
  }
  return DRIVER_MESSAGES.test(error.message);
}

/** Whether the database or the service's role is not there yet: on a first start they are made at the same time. */
export const isNotProvisioned = (error: unknown): boolean =>
  ["28000", "28P01", "3D000"].includes(sqlState(error) ?? "");
