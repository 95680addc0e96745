import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand, statement } from "../../chassis/index.ts";
import { silentLog } from "../../chassis/test/running.ts";
import { Counter } from "../test/counter.ts";
import { paymentService } from "./payment-service.ts";
import { reconcileCommand } from "./reconcile-command.ts";
import type { Difference } from "./reconciliation.ts";

let counter: Counter;

beforeEach(async () => {
  // Decisions stay open for as long as a test runs.
  counter = await Counter.open({ TEST_PROVIDER_DELAY_MILLISECONDS: "600000" });
});
afterEach(() => counter?.close());

interface Report {
  readonly charges: number;
  readonly refunds: number;
  readonly repaired: number;
  readonly ledgerImbalance: number;
  readonly differences: readonly Difference[];
}

async function run(...args: string[]) {
  const lines: string[] = [];
  const print = (text: string) => void lines.push(text);
  const options = { environment: counter.environment, log: silentLog, print };
  const status = await runCommand(paymentService, reconcileCommand, args, options);
  return { status, output: lines.join("\n") };
}
async function reconcile(...args: string[]): Promise<Report & { readonly status: number }> {
  const { status, output } = await run("--json", ...args);
  return { status, ...(JSON.parse(output) as Report) };
}
const found = ({ differences }: Report) => differences.map(({ what, problem, id }) => [what, problem, id]);
const script = (sql: string) => counter.database.database.script(sql);

test("books with every kind of payment agree, and the command says so", async () => {
  const { body: refunded } = await counter.authorise();
  await counter.post(`/payments/${refunded.paymentId}/refunds`, { amount: 400 }, "refund-part");
  const { body: held } = await counter.authorise({ capture: false });
  await counter.post(`/payments/${held.paymentId}/captures`, { amount: 10 }, "capture-part");
  const { body: voided } = await counter.authorise({ capture: false });
  await counter.post(`/payments/${voided.paymentId}/void`, undefined, "void-whole");
  await counter.authorise({ cardToken: "tok_decline" });
  await counter.authorise({ cardToken: "tok_timeout" });
  await counter.authorise({ cardToken: "tok_processing_approve" });
  const orderId = randomUUID();
  await counter.authorise({ orderId });
  await counter.post("/payments/reversals", { orderId });

  expect(await reconcile()).toMatchObject({
    status: 0,
    charges: 6,
    refunds: 2,
    ledgerImbalance: 0,
    differences: [],
  });
  const { status, output } = await run();
  expect(status).toBe(0);
  expect(output).toMatch(/^6 charges and 2 refunds of the provider since .*: the books agree$/);
});

describe("is found:", () => {
  test("a charge that only the provider has", async () => {
    const id = randomUUID();
    await script(`INSERT INTO test_provider.charges (key, state, currency, amount, captured, card_token, capture)
      VALUES ('${id}', 'captured', 'EUR', 5, 5, 'tok_approve', true)`);
    const report = await reconcile();
    expect(report.status).toBe(1);
    expect(found(report)).toEqual([["charge", "missing here", id]]);
    expect((await reconcile("--since", "2999-01-01")).status).toBe(0);
  });

  test("a payment that only we have", async () => {
    const { body } = await counter.authorise();
    await script("DELETE FROM test_provider.charges");
    expect(found(await reconcile())).toEqual([["charge", "missing there", body.paymentId]]);
  });

  test("a charge of another amount, currency or share given back", async () => {
    for (const change of ["amount = 2000", "currency = 'USD'", "refunded = 1"]) {
      const { body } = await counter.authorise();
      await script(`UPDATE test_provider.charges SET ${change} WHERE key = '${body.paymentId}'`);
      expect(found(await reconcile())).toContainEqual(["charge", "amount differs", body.paymentId]);
    }
  });

  test("a charge in another state", async () => {
    const { body } = await counter.authorise({ capture: false });
    await script("UPDATE test_provider.charges SET state = 'cancelled'");
    expect(found(await reconcile())).toEqual([["charge", "state differs", body.paymentId]]);
  });

  test("a refund that only one side has, and one of another amount", async () => {
    const { body } = await counter.authorise();
    for (const key of ["refund-01", "refund-02", "refund-03"]) {
      await counter.post(`/payments/${body.paymentId}/refunds`, { amount: 100 }, key);
    }
    const keys = await counter.query(TRANSFERS);
    const [first, second] = keys.map(({ key }) => key);
    const other = randomUUID();
    await script(`UPDATE test_provider.transfers SET key = '${other}' WHERE key = '${first}';
      UPDATE test_provider.transfers SET amount = 99 WHERE key = '${second}'`);
    expect(found(await reconcile()).sort()).toEqual(
      [
        ["refund", "missing there", first],
        ["refund", "missing here", other],
        ["refund", "amount differs", second],
      ].sort(),
    );
  });
  const TRANSFERS = statement<{ key: string }>(
    "test-transfers",
    "SELECT key FROM test_provider.transfers ORDER BY created_at",
  );

  test("a payment of which the ledger says something else, and a ledger that does not balance", async () => {
    const { body } = await counter.authorise();
    await script(`SET session_replication_role = replica;
      INSERT INTO ledger_entries (transaction_id, payment_id, account, currency, amount)
      VALUES ('${randomUUID()}', '${body.paymentId}', 'provider', 'EUR', 7);
      SET session_replication_role = origin`);
    const report = await reconcile();
    expect(report).toMatchObject({ status: 1, ledgerImbalance: 7 });
    expect(found(report)).toEqual([["ledger", "amount differs", body.paymentId]]);
    expect(await counter.metrics()).toMatch(/^ledger_imbalance 7$/m);
  });
});

describe("a repair", () => {
  test("settles what is open here by the provider's word, and nothing else", async () => {
    const taken = await counter.authorise({ orderId: randomUUID(), cardToken: "tok_processing_approve" });
    const declined = await counter.authorise({ cardToken: "tok_processing_decline" });
    const open = await counter.authorise({ cardToken: "tok_processing_approve" });
    const wrong = await counter.authorise();
    const [a, b, c, d] = [taken, declined, open, wrong].map(({ body }) => body.paymentId);
    await script(`
      UPDATE test_provider.charges SET state = 'captured', captured = 1000 WHERE key = '${a}';
      UPDATE test_provider.charges SET state = 'declined', decline_code = 'do_not_honor' WHERE key = '${b}';
      UPDATE test_provider.charges SET amount = 3000, captured = 3000 WHERE key = '${d}'`);
    expect(found(await reconcile())).toHaveLength(3);

    const report = await reconcile("--repair");
    expect(report).toMatchObject({ status: 1, repaired: 2 });
    expect(found(report)).toEqual([["charge", "amount differs", d]]);
    expect(await counter.stateOf(a)).toBe("captured");
    expect(await counter.stateOf(b)).toBe("declined");
    expect(await counter.stateOf(c)).toBe("pending");
    expect(await counter.account(a, "provider")).toBe(1000);
    expect(await counter.account(d, "provider")).toBe(1000);
  });

  test("gives back what was taken of a payment that was reversed meanwhile", async () => {
    const orderId = randomUUID();
    const { body } = await counter.authorise({ orderId, cardToken: "tok_processing_approve" });
    await counter.post("/payments/reversals", { orderId });
    await script("UPDATE test_provider.charges SET state = 'captured', captured = 1000");
    expect(await reconcile("--repair")).toMatchObject({ status: 0, differences: [] });
    const shown = await counter.get(`/payments/${body.paymentId}`);
    expect(shown.body).toMatchObject({ state: "voided", captured: 1000, refunded: 1000 });
    expect(await counter.totals()).toMatchObject({ ledger: 0, ours: 0, theirs: 0 });
  });
});

test.each([["--since", "yesterday"], ["--since", "24x"], ["--unknown"]])(
  "%s %s is refused with the status of a command that could not run",
  async (...args) => {
    expect(await run(...args)).toEqual({ status: 2, output: "" });
  },
);

test("without a database the command could not run", async () => {
  const options = {
    environment: { ...counter.environment, DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" },
    log: silentLog,
    print: () => {},
  };
  expect(await runCommand(paymentService, reconcileCommand, [], options)).toBe(2);
});
