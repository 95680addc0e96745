import { statement } from "../../chassis/index.ts";
import { carryOut, OPERATION_COLUMNS, type OperationRow, type Till } from "./operations.ts";

/** Operations that are carried on at the same time. */
const BATCH = 10;
/** An operation that its client began is left to the client for so long, in seconds. */
const ABANDONED_AFTER = 30;
/** Pauses between attempts in seconds; each is twice as long as the one before. The first outlasts an attempt. */
const FIRST_PAUSE = 5;
const MAX_PAUSE = 600;

/**
 * Takes unfinished operations, those that wait longest first, and puts each off until it is to be tried again: one
 * that fails, or whose process dies, comes again then and delays no other.
 */
const TAKE = statement<OperationRow & { readonly attempts: number }>(
  "operation-take",
  `UPDATE payment_operations
   SET attempts = attempts + 1,
     due_at = clock_timestamp() + make_interval(secs => least(${MAX_PAUSE}, ${FIRST_PAUSE} * 2 ^ least(attempts, 16)))
   WHERE id IN (
     SELECT id FROM payment_operations
     WHERE response IS NULL AND CASE WHEN $1 THEN due_at = '-infinity' ELSE due_at <= clock_timestamp()
         AND (kind = 'return' OR created_at < clock_timestamp() - interval '${ABANDONED_AFTER} s') END
     ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
   RETURNING ${OPERATION_COLUMNS}, attempts`,
);

/** Marks what is to be tried once more, whatever its pause. */
const END_PAUSES = statement(
  "operation-end-pauses",
  "UPDATE payment_operations SET due_at = '-infinity' WHERE response IS NULL",
);

/** Why an operation was not finished this time. */
export interface OperationFailure {
  readonly operationId: string;
  /** How often the background has tried it. */
  readonly attempts: number;
  readonly error: unknown;
}

/** What came of carrying on. */
export interface CarriedOn {
  /** So many operations were finished. */
  readonly finished: number;
  /** Why others were not. */
  readonly failures: readonly OperationFailure[];
  /** Whether there may be more to do. */
  readonly more: boolean;
}

/**
 * Carries out some of what was planned and not finished: returns, and whatever a client began and did not repeat
 * after a crash or a timeout. What fails is tried again after a growing pause of its own.
 */
export const carryOnOperations = (till: Till): Promise<CarriedOn> => carryOn(till, false);

/** Carries out everything that is not finished, once, without regard to pauses and clients: for people. */
export async function carryOnAllOperations(till: Till): Promise<Omit<CarriedOn, "more">> {
  await till.database.query(END_PAUSES);
  const failures: OperationFailure[] = [];
  let finished = 0;
  for (let more = true; more; ) {
    const turn = await carryOn(till, true);
    finished += turn.finished;
    failures.push(...turn.failures);
    more = turn.more;
  }
  return { finished, failures };
}

async function carryOn(till: Till, marked: boolean): Promise<CarriedOn> {
  const taken = await till.database.query(TAKE, [marked]);
  const failures: OperationFailure[] = [];
  await Promise.all(
    taken.map(({ attempts, ...operation }) =>
      carryOut(till, operation).catch((error: unknown) => {
        failures.push({ operationId: operation.id, attempts, error });
      }),
    ),
  );
  return { finished: taken.length - failures.length, failures, more: taken.length === BATCH };
}
