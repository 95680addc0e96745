import type { Database } from "../../chassis/index.ts";
import { OrderStore } from "../src/order-store.ts";
import type { SagaContext } from "../src/saga.ts";

/** The process died here. */
export class Death extends Error {
  override readonly name = "Death";
}

/** Where a process dies: in its `call`th call to a database or a service, before or after that took effect. */
export interface PlaceOfDeath {
  /** From 1. */
  readonly call: number;
  readonly when: "before" | "after";
}

/** A saga that dies at a given place, and does nothing more from then on, as a process that was killed. */
export function mortalSaga(
  saga: SagaContext,
  database: Pick<Database, "query">,
  place: PlaceOfDeath,
): { readonly saga: SagaContext; readonly died: () => boolean } {
  let calls = 0;
  let dead = false;
  const mortal =
    <Args extends readonly unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      if (dead) throw new Death();
      calls += 1;
      const isHere = calls === place.call;
      if (isHere && place.when === "before") dead = true;
      if (dead) throw new Death();
      const result = await call(...args);
      if (isHere) dead = true;
      if (dead) throw new Death();
      return result;
    };
  const query: Database["query"] = (statement, values) => mortal(() => database.query(statement, values))();
  return {
    died: () => dead,
    saga: {
      ...saga,
      store: new OrderStore({ query }),
      catalog: { send: mortal((call) => saga.catalog.send(call)) },
      payment: { send: mortal((call) => saga.payment.send(call)) },
    },
  };
}
