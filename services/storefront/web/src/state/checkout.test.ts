import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OrderRequest } from "../../../../contracts/order-api.ts";
import { ApiError, NoAnswerError } from "../api/errors.ts";
import { type Attempt, Checkout, type CheckoutState, isFinal } from "./checkout.ts";

const requestFor = (pieces: number): OrderRequest => ({
  customer: { email: "ada@example.com" },
  shipTo: { name: "Ada", street: "Unter den Linden 1", city: "Berlin", postalCode: "10117", country: "DE" },
  lines: [{ sku: "LAMP", quantity: pieces }],
  payment: { token: "tok_approve" },
});

const problem = (status: number, slug: string) =>
  new ApiError({ type: `urn:tradestack:problem:${slug}`, title: slug, status });

/** What happens to one request on its way. */
type Fate =
  | "answered"
  | "lost on the way there"
  | "lost on the way back"
  | "declined"
  | "in use"
  | "unavailable";

/** An order service as the real one is: one order a key, whatever is sent again; refusals are remembered. */
class Orders {
  readonly byKey = new Map<string, { readonly id: string; readonly text: string }>();
  readonly declined = new Set<string>();

  async send({ key, request }: Attempt, fate: Fate): Promise<{ readonly id: string }> {
    if (fate === "lost on the way there") throw new NoAnswerError("lost");
    if (fate === "unavailable") throw problem(503, "unavailable");
    if (fate === "in use") throw problem(409, "idempotency-key-in-use");
    const text = JSON.stringify(request);
    const known = this.byKey.get(key);
    if (known !== undefined && known.text !== text) throw problem(422, "idempotency-key-reused");
    if (known === undefined && (fate === "declined" || this.declined.has(key))) {
      this.declined.add(key);
      throw problem(402, "payment-declined");
    }
    const order = known ?? { id: `order ${this.byKey.size + 1}`, text };
    this.byKey.set(key, order);
    if (fate === "lost on the way back") throw new NoAnswerError("lost");
    return order;
  }
}

/** A tab at the checkout, which may be loaded again at any time. */
class Tab {
  readonly orders = new Orders();
  readonly stored = new Map<string, string>();
  readonly states: CheckoutState[] = [];
  fates: Fate[] = [];
  checkout = this.load();
  #keys = 0;

  load(): Checkout {
    this.checkout = new Checkout({
      storage: {
        getItem: (name) => this.stored.get(name) ?? null,
        setItem: (name, value) => void this.stored.set(name, value),
        removeItem: (name) => void this.stored.delete(name),
      },
      send: (attempt) => this.orders.send(attempt, this.fates.shift() ?? "answered"),
      onState: (state) => void this.states.push(state),
      newKey: () => `key ${++this.#keys}`,
    });
    return this.checkout;
  }
}

describe("a checkout", () => {
  test("orders once, however often the button is pressed", async () => {
    const tab = new Tab();
    await Promise.all([1, 1, 1].map((pieces) => tab.checkout.place(requestFor(pieces), null)));
    expect(tab.orders.byKey.size).toBe(1);
    expect(tab.checkout.state).toMatchObject({ step: "placed", orderId: "order 1" });
    expect(tab.stored.size).toBe(0);
  });

  test("whose answer is lost and whose page is loaded again gets the same order", async () => {
    const tab = new Tab();
    tab.fates = ["lost on the way back"];
    await tab.checkout.place(requestFor(2), "ada");
    expect(tab.checkout.state).toMatchObject({ step: "unknown" });
    const again = tab.load();
    expect(again.state).toMatchObject({
      step: "unknown",
      attempt: { caller: "ada", request: requestFor(2) },
    });
    await again.resume();
    expect(again.state).toMatchObject({ step: "placed", orderId: "order 1" });
    expect(tab.orders.byKey.size).toBe(1);
  });

  test("that was loaded again in the middle of a request knows of it", async () => {
    const tab = new Tab();
    void tab.checkout.place(requestFor(1), null);
    expect(tab.load().state).toMatchObject({ step: "unknown", attempt: { key: "key 1" } });
  });

  test("whose card was declined takes a new key for the next card", async () => {
    const tab = new Tab();
    tab.fates = ["declined"];
    await tab.checkout.place(requestFor(1), null);
    expect(tab.checkout.state).toMatchObject({ step: "editing", problem: { slug: "payment-declined" } });
    await tab.checkout.place(requestFor(1), null);
    expect(tab.checkout.state).toMatchObject({ step: "placed", attempt: { key: "key 2" } });
  });

  test("that is open takes no other order until it is known or given up", async () => {
    const tab = new Tab();
    tab.fates = ["unavailable"];
    await tab.checkout.place(requestFor(1), null);
    await tab.checkout.place(requestFor(5), null);
    expect(tab.orders.byKey.size).toBe(0);
    tab.checkout.abandon();
    expect(tab.load().state).toEqual({ step: "editing" });
  });

  test("never orders twice for one wish, whatever gets lost and whenever the page is loaded again", async () => {
    const fate = fc.constantFrom<Fate>(
      "answered",
      "lost on the way there",
      "lost on the way back",
      "declined",
      "in use",
      "unavailable",
    );
    const act = fc.constantFrom("press", "press twice", "again", "reload");
    await fc.assert(
      fc.asyncProperty(fc.array(fate), fc.array(act, { minLength: 1 }), async (fates, acts) => {
        const tab = new Tab();
        tab.fates = fates;
        const press = () => tab.checkout.place(requestFor(1), null);
        for (const what of acts) {
          if (what === "press") await press();
          else if (what === "press twice") await Promise.all([press(), press()]);
          else if (what === "again") await tab.checkout.resume();
          else if (tab.checkout.state.step !== "placed") tab.load();
        }
        // One wish, one order at the most; and once there is one, the customer is told or still asks.
        expect(tab.orders.byKey.size).toBeLessThanOrEqual(1);
        const { step } = tab.checkout.state;
        if (tab.orders.byKey.size === 1) expect(["placed", "unknown"]).toContain(step);
        if (step === "placed") expect(tab.orders.byKey.size).toBe(1);
        expect(tab.stored.size).toBe(step === "unknown" ? 1 : 0);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  [problem(400, "invalid-request"), true],
  [problem(402, "payment-declined"), true],
  [problem(409, "out-of-stock"), true],
  [problem(409, "idempotency-key-in-use"), false],
  [problem(422, "country-not-shipped-to"), true],
  [problem(401, "login-required"), false],
  [problem(429, "too-many-requests"), false],
  [problem(500, "internal"), false],
  [problem(503, "unavailable"), false],
  [new NoAnswerError("lost"), false],
])("%s ends an attempt: %s", (error, expected) => {
  expect(isFinal(error)).toBe(expected);
});
