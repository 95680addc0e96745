import type { OrderRequest } from "../../../../contracts/order-api.ts";
import { ApiError } from "../api/errors.ts";

/**
 * One attempt to order. It is stored before the first request leaves and until its outcome is known, so that neither
 * a reload, nor a lost answer, nor an impatient second click ever orders twice: whatever is sent again is the same
 * request with the same key.
 */
export interface Attempt {
  readonly key: string;
  readonly request: OrderRequest;
  /** Whose order it is; keys of different people never meet. Null for a guest. */
  readonly caller: string | null;
}

/**
 * Where a checkout is.
 *
 * - `editing`: nothing is under way; `problem` is why the last attempt came to nothing
 * - `placing`: an attempt is being sent
 * - `unknown`: no answer came; the order may exist, so only the same attempt may be sent again
 * - `placed`: there is an order
 */
export type CheckoutState =
  | { readonly step: "editing"; readonly problem?: unknown }
  | { readonly step: "placing"; readonly attempt: Attempt }
  | { readonly step: "unknown"; readonly attempt: Attempt; readonly problem?: unknown }
  | { readonly step: "placed"; readonly attempt: Attempt; readonly orderId: string };

/** Where the attempt under way is kept: it ends with the tab. */
export type AttemptStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const STORED = "tradestack.checkout-attempt";

/** Whether an answer says for certain that there is no order. Everything else leaves the attempt open. */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (error.slug === "idempotency-key-in-use") return false;
  // 401: nobody looked at the order. 408 and 429: try again. Anything of the server's own is unknown.
  return error.status < 500 && ![401, 408, 429].includes(error.status);
}

/** Makes orders, each at most once. */
export class Checkout {
  readonly #storage: AttemptStorage;
  readonly #send: (attempt: Attempt) => Promise<{ readonly id: string }>;
  readonly #onState: (state: CheckoutState) => void;
  readonly #newKey: () => string;
  #state: CheckoutState;

  /**
   * @param send Sends an attempt; resolves to the order, rejects with an {@link ApiError} or without an answer.
   * @param onState Called with each new state.
   */
  constructor(parts: {
    readonly storage: AttemptStorage;
    readonly send: (attempt: Attempt) => Promise<{ readonly id: string }>;
    readonly onState: (state: CheckoutState) => void;
    readonly newKey: () => string;
  }) {
    this.#storage = parts.storage;
    this.#send = parts.send;
    this.#onState = parts.onState;
    this.#newKey = parts.newKey;
    const attempt = readAttempt(this.#storage);
    this.#state = attempt === undefined ? { step: "editing" } : { step: "unknown", attempt };
  }

  get state(): CheckoutState {
    return this.#state;
  }

  /** Orders. Does nothing while an attempt is under way or open. */
  async place(request: OrderRequest, caller: string | null): Promise<void> {
    if (this.#state.step !== "editing") return;
    const attempt = { key: this.#newKey(), request, caller };
    this.#storage.setItem(STORED, JSON.stringify(attempt));
    await this.#try(attempt);
  }

  /** Sends the open attempt again. */
  async resume(): Promise<void> {
    if (this.#state.step === "unknown") await this.#try(this.#state.attempt);
  }

  /** Gives the open attempt up: the customer has looked and knows what became of it. */
  abandon(): void {
    if (this.#state.step !== "unknown") return;
    this.#storage.removeItem(STORED);
    this.#move({ step: "editing" });
  }

  async #try(attempt: Attempt): Promise<void> {
    this.#move({ step: "placing", attempt });
    try {
      const { id } = await this.#send(attempt);
      this.#storage.removeItem(STORED);
      this.#move({ step: "placed", attempt, orderId: id });
    } catch (problem) {
      if (isFinal(problem)) {
        this.#storage.removeItem(STORED);
        this.#move({ step: "editing", problem });
      } else {
        this.#move({ step: "unknown", attempt, problem });
      }
    }
  }

  #move(state: CheckoutState): void {
    this.#state = state;
    this.#onState(state);
  }
}

function readAttempt(storage: AttemptStorage): Attempt | undefined {
  const text = storage.getItem(STORED);
  // Nobody but this class writes it, each time whole.
  return text === null ? undefined : JSON.parse(text);
}
