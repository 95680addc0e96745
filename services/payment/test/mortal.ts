import type { Database, Queryable } from "../../chassis/index.ts";
import type { Till } from "../src/operations.ts";

/** What a process that was killed leaves behind. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/**
 * A till whose process dies at one of its steps, and does nothing any more. Each call to the database and to the
 * provider is two steps: before its effect, and after it but before anybody heard of it.
 *
 * @param at The step, from 0; undefined for a process that lives.
 */
export function mortal(till: Till, at: number | undefined): Till {
  let step = 0;
  const maybeDie = () => {
    if (at !== undefined && step >= at) throw new Killed(`at step ${at}`);
    step += 1;
  };
  const doomed =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      maybeDie();
      const result = await call(...args);
      maybeDie();
      return result;
    };
  const queryable = (inner: Queryable): Queryable => ({
    async query(statement, values) {
      maybeDie();
      const rows = await inner.query(statement, values);
      maybeDie();
      return rows;
    },
    script: doomed((sql) => inner.script(sql)),
  });
  const { database, provider } = till;
  const dying: Database = {
    ...database,
    ...queryable(database),
    async transaction(work) {
      maybeDie();
      const result = await database.transaction((transaction) => work(queryable(transaction)));
      maybeDie();
      return result;
    },
  };
  return {
    ...till,
    database: dying,
    provider: {
      ...provider,
      authorise: doomed(provider.authorise),
      capture: doomed(provider.capture),
      cancel: doomed(provider.cancel),
      refund: doomed(provider.refund),
    },
  };
}
