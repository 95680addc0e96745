import { services } from "../../services/index.ts";
import type { Findings } from "../runner/findings.ts";
import { type Audit, audit, type Books, type OrderRow, type PaymentRow, type ShipmentRow } from "./audit.ts";
import type { Cluster } from "./cluster.ts";

/** Most faults that a report tells one by one. */
const FAULTS_TOLD = 10;
/** Seconds until every order has come to rest: leases of a killed pod run out, events go their way. */
const PATIENCE = 180;

/** What there was when an audit began, and should be there at its end. */
interface Before {
  readonly stock: number;
  readonly deadLetters: number;
}

/** Reads what services keep in their databases, as an auditor does: beside the services, and changing nothing. */
export class Auditor {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #since: string;
  readonly #before: Before;

  private constructor(cluster: Cluster, namespace: string, since: string, before: Before) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#since = since;
    this.#before = before;
  }

  /** Begins: everything that is ordered from now on is audited. */
  static async begin(cluster: Cluster, namespace: string): Promise<Auditor> {
    const since = await cluster.sql(namespace, "order", "SELECT clock_timestamp()");
    const [stock, deadLetters] = await Promise.all([
      stockEver(cluster, namespace),
      deadLettersOf(cluster, namespace),
    ]);
    return new Auditor(cluster, namespace, since, { stock, deadLetters });
  }

  /**
   * Waits until every order has come to rest, and judges the books.
   *
   * @param acknowledged Ids of the orders whose buyers were told that they are paid.
   */
  async judge(acknowledged: readonly string[], findings: Findings, signal: AbortSignal): Promise<Audit> {
    const started = performance.now();
    const deadline = started + PATIENCE * 1000;
    let result = audit(await this.#books(), acknowledged);
    let unsent = await this.#unsent();
    while (result.unfinished + result.inFlight + unsent > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      signal.throwIfAborted();
      result = audit(await this.#books(), acknowledged);
      unsent = await this.#unsent();
    }
    findings.figure("orders came to rest after", (performance.now() - started) / 1000, "s");
    findings.figure("orders acknowledged as paid", acknowledged.length);
    findings.figure("orders paid, with those whose answer was lost", result.paid);
    findings.exactly(
      "paid − shipped − refunded − in flight",
      result.paid - result.shipped - result.refunded - result.inFlight,
      0,
    );
    findings.exactly("orders not brought to an end", result.unfinished, 0);
    findings.exactly("paid orders without a parcel", result.inFlight, 0);
    findings.exactly("events not sent", unsent, 0);
    findings.exactly("faults in the books", result.faults.length, 0);
    for (const fault of result.faults.slice(0, FAULTS_TOLD)) findings.note(fault);
    findings.exactly("sum of the ledger", await this.#number("payment", LEDGER_SUM), 0);
    const letters = await deadLettersOf(this.#cluster, this.#namespace);
    findings.exactly("events that became dead letters", letters - this.#before.deadLetters, 0);
    const provider = await this.#reconciled();
    findings.exactly("differences from the payment provider's books", provider.differences.length, 0);
    findings.exactly(
      "pieces that appeared or vanished",
      (await stockEver(this.#cluster, this.#namespace)) - this.#before.stock,
      0,
    );
    return result;
  }

  /** What the payment service finds when it compares its ledger with the provider's books. */
  async #reconciled(): Promise<{ readonly differences: readonly unknown[] }> {
    const said = await this.#cluster.serviceCommand(
      this.#namespace,
      "payment",
      "reconcile",
      "--json",
      "--since=1h",
    );
    return JSON.parse(lastObject(said));
  }

  async #books(): Promise<Books> {
    const since = `created_at >= '${this.#since}'`;
    const [orders, payments, shipments] = await Promise.all([
      this.#rows<OrderRow>("order", `SELECT id, state, total, refunded FROM orders WHERE ${since}`),
      this.#rows<PaymentRow>(
        "payment",
        `SELECT order_id, state, captured, refunded FROM payments WHERE ${since}`,
      ),
      this.#rows<ShipmentRow>("logistics", `SELECT order_id, state FROM shipments WHERE ${since}`),
    ]);
    return { orders, payments, shipments };
  }

  /** Events that wait in the outboxes of all services that orders go through. */
  async #unsent(): Promise<number> {
    const counts = ["order", "payment", "logistics"].map((database) =>
      this.#number(database, "SELECT count(*) FROM outbox"),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  async #rows<Row>(database: string, query: string): Promise<Row[]> {
    const json = `SELECT coalesce(json_agg(found), '[]') FROM (${query}) AS found`;
    return JSON.parse(await this.#cluster.sql(this.#namespace, database, json));
  }

  async #number(database: string, query: string): Promise<number> {
    return Number(await this.#cluster.sql(this.#namespace, database, query));
  }
}

const LEDGER_SUM = "SELECT coalesce(sum(amount), 0) FROM ledger_entries";

/** Pieces that were ever stocked, which only a count changes: those left, those promised or sold, less those counted. */
const STOCK_EVER = `SELECT (SELECT coalesce(sum(available), 0) FROM stock)
  + (SELECT coalesce(sum(quantity - returned), 0) FROM reservation_line JOIN reservation USING (order_id)
     WHERE state IN ('held', 'confirmed'))
  - (SELECT coalesce(sum(change), 0) FROM stock_movement WHERE kind = 'counted')`;

const stockEver = async (cluster: Cluster, namespace: string): Promise<number> =>
  Number(await cluster.sql(namespace, "catalog", STOCK_EVER));

/** Events that some service could not handle, however often it tried. */
async function deadLettersOf(cluster: Cluster, namespace: string): Promise<number> {
  const consumers = services.filter(({ consumes }) => consumes.length > 0);
  const counts = consumers.map(async ({ name }) => {
    const said = await cluster.serviceCommand(namespace, name, "redrive", "--list", "--json");
    const { letters }: { letters: readonly unknown[] } = JSON.parse(lastObject(said));
    return letters.length;
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** The last line that is an object: what a service's command answers, after what it logs. */
const lastObject = (said: string): string => said.split("\n").findLast((line) => line.startsWith("{")) ?? "";
