import type { HttpClient } from "../../chassis/http-client.ts";
import type { Database, Queryable } from "../../chassis/index.ts";
import { type AfterSale, afterSale } from "../src/after-sale.ts";
import { OrderStore } from "../src/order-store.ts";
import type { SagaContext } from "../src/saga.ts";

/** The process died here. */
export class Death extends Error {
  override readonly name = "Death";
}

/**
 * Where a process dies: in its `call`th call to a database or a service, before or after that took effect. The end of
 * a transaction is a call of its own.
 */
export interface PlaceOfDeath {
  /** From 1. */
  readonly call: number;
  readonly when: "before" | "after";
}

/** A process that dies at a given place, and does nothing more from then on. */
export class Mortal {
  readonly #place: PlaceOfDeath;
  #calls = 0;
  #dead = false;

  constructor(place: PlaceOfDeath) {
    this.#place = place;
  }

  /** Whether it came as far as the place of its death. */
  get died(): boolean {
    return this.#dead;
  }

  /** The same saga in this process. */
  saga(saga: SagaContext, database: Pick<Database, "query">): SagaContext {
    return {
      ...saga,
      store: new OrderStore({ query: this.#query(database) }),
      catalog: this.#client(saga.catalog),
      payment: this.#client(saga.payment),
    };
  }

  /** The same cancellations and refunds in this process. */
  afterSale(context: AfterSale): AfterSale {
    return afterSale({
      ...context,
      database: {
        query: this.#query(context.database),
        transaction: (work) => this.#transaction(context.database, work),
      },
      catalog: this.#client(context.catalog),
      payment: this.#client(context.payment),
      logistics: this.#client(context.logistics),
    });
  }

  async #do<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#dead) throw new Death();
    this.#calls += 1;
    const isHere = this.#calls === this.#place.call;
    if (isHere && this.#place.when === "before") this.#dead = true;
    if (this.#dead) throw new Death();
    const result = await call();
    if (isHere) this.#dead = true;
    if (this.#dead) throw new Death();
    return result;
  }

  #query(database: Pick<Queryable, "query">): Queryable["query"] {
    return (statement, values) => this.#do(() => database.query(statement, values));
  }

  /** What was not committed when the process died is undone by the database. */
  async #transaction<T>(
    database: Pick<Database, "transaction">,
    work: (transaction: Queryable) => Promise<T>,
  ): Promise<T> {
    const isHere = () => this.#calls === this.#place.call;
    const result = await database.transaction(async (transaction) => {
      const result = await work({ ...transaction, query: this.#query(transaction) });
      if (this.#dead) throw new Death();
      this.#calls += 1;
      if (isHere() && this.#place.when === "before") {
        this.#dead = true;
        throw new Death();
      }
      return result;
    });
    if (isHere()) this.#dead = true;
    if (this.#dead) throw new Death();
    return result;
  }

  #client(client: Pick<HttpClient, "send">): Pick<HttpClient, "send"> {
    return { send: (call) => this.#do(() => client.send(call)) };
  }
}
