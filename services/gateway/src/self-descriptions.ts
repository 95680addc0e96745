import { Compile } from "typebox/compile";
import { BestEffort } from "../../chassis/best-effort.ts";
import { OPENAPI_PATH, OpenApiDocument } from "../../chassis/openapi.ts";
import type { RoutedService } from "./public-api.ts";
import { type PublicDocument, publicDocument } from "./public-document.ts";

/** How a {@link SelfDescriptions} keeps time; changed by tests. */
export interface Patience {
  /** Milliseconds after which services are asked again. Default: a minute. */
  readonly maxAgeMs?: number;
  /** The same while some of them have not been heard yet. Default: 5 seconds. */
  readonly retryMs?: number;
  /** Milliseconds that a service has for its answer. Default: 2 seconds. */
  readonly deadlineMs?: number;
}

const document = Compile(OpenApiDocument);

/**
 * What the services behind the gateway say of themselves, joined and kept. They are asked when somebody wants to
 * know, not on their own; what was heard once is told until something newer is, however long a service is away.
 */
export class SelfDescriptions {
  readonly #services: readonly RoutedService[];
  readonly #maxAgeMs: number;
  readonly #retryMs: number;
  readonly #heard = new Map<string, OpenApiDocument>();
  readonly #ask: BestEffort;
  #joined: PublicDocument;
  #askAgainAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  constructor(
    services: readonly RoutedService[],
    { maxAgeMs = 60_000, retryMs = 5000, deadlineMs = 2000 }: Patience = {},
  ) {
    this.#services = services;
    this.#maxAgeMs = maxAgeMs;
    this.#retryMs = retryMs;
    // Each upstream has a circuit breaker of its own; services that are away must not keep others from being asked.
    this.#ask = new BestEffort({ deadlineMs, failures: Number.POSITIVE_INFINITY, onMissed: () => {} });
    this.#joined = this.#join();
  }

  /** The public API's description; the same object until there is something new to say. */
  async current(): Promise<PublicDocument> {
    if (performance.now() >= this.#askAgainAt) {
      this.#asking ??= this.#askAll().finally(() => {
        this.#asking = undefined;
      });
    }
    // Nobody waits for news of what is known already.
    if (!this.#complete) await this.#asking;
    return this.#joined;
  }

  get #complete(): boolean {
    return this.#heard.size === this.#services.length;
  }

  async #askAll(): Promise<void> {
    const answers = await Promise.all(
      this.#services.map(async (routed) => [routed.service.name, await this.#askOne(routed)] as const),
    );
    for (const [name, answer] of answers) if (answer !== undefined) this.#heard.set(name, answer);
    this.#joined = this.#join();
    this.#askAgainAt = performance.now() + (this.#complete ? this.#maxAgeMs : this.#retryMs);
  }

  #askOne({ upstream }: RoutedService): Promise<OpenApiDocument | undefined> {
    return this.#ask.attempt(async () => {
      const headers = { accept: "application/json" };
      const { body } = await upstream.send({ method: "GET", path: OPENAPI_PATH, headers, body: null }, true);
      return document.Parse(JSON.parse(body.toString()));
    });
  }

  #join(): PublicDocument {
    return publicDocument(
      this.#services.map(({ service }) => service),
      this.#heard,
    );
  }
}
