import { Cluster } from "../../drills/platform/cluster.ts";
import { Shop } from "../../drills/platform/shop.ts";
import { Checkout, type CommandResult } from "./checkout.ts";

/** What watches a stack is what few tests are about, and runs beside all others. */
const UNASKED = ["monitoring", "tracing"];

/** A stack of a test's own, deployed from a copy of this checkout into a namespace of its own. */
export class TestStack {
  readonly name: string;
  readonly namespace: string;
  readonly checkout = new Checkout();
  #cluster: Cluster | undefined;
  #shop: Shop | undefined;

  /**
   * @param name Name of the stack; its namespace and host follow from it.
   * @param settings Further lines of its configuration, such as `  tradestack:redis: { replicas: 1 }`.
   */
  constructor(name: string, settings = "") {
    this.name = name;
    this.namespace = `tradestack-${name}`;
    this.checkout.write(
      `Pulumi.${name}.yaml`,
      `config:
  tradestack:environment: dev
  tradestack:namespace: ${this.namespace}
  tradestack:cluster:
    kind: sandbox
  tradestack:ingress:
    host: ${this.host}
${UNASKED.filter((key) => !settings.includes(`  tradestack:${key}:`))
  .map((key) => `  tradestack:${key}: { kind: none }\n`)
  .join("")}${settings}`,
    );
  }

  get host(): string {
    return `${this.name}.localhost`;
  }

  /** The cluster that it is on, once it is up. */
  get cluster(): Cluster {
    this.#cluster ??= Cluster.current();
    return this.#cluster;
  }

  /** A shopper in front of its ingress. */
  get shop(): Shop {
    this.#shop ??= new Shop(this.cluster.ingress, this.host);
    return this.#shop;
  }

  up(): Promise<CommandResult> {
    return this.checkout.run("deploy/cli.ts", "up", "--stack", this.name, "--yes");
  }

  /** Removes it with its data, and the copy that it was made from. */
  async remove(): Promise<CommandResult> {
    await this.#shop?.close();
    const options = ["--stack", this.name, "--yes", "--delete-data"];
    const result = await this.checkout.run("deploy/cli.ts", "destroy", ...options);
    this.checkout.remove();
    return result;
  }
}
