import { outcomeOf } from "./load/traffic.ts";
import { Auditor } from "./platform/books.ts";
import { liftLimits } from "./platform/faults.ts";
import { orderOf } from "./platform/shop.ts";
import { putOnSale } from "./platform/staff.ts";
import type { Drill, Stage } from "./runner/drill.ts";

const BUYERS = 500;
const PIECES = 50;

/** Nothing is broken but the shop's luck: ten buyers for each piece, all in the same moment. */
export const oversell: Drill = {
  name: "oversell",
  summary: `${BUYERS} buyers at once for ${PIECES} pieces: each piece is sold once, everybody gets a clear answer.`,
  async hold({ platform, findings, repairs, signal, say }: Stage) {
    const { shop, cluster, namespace } = platform;
    await liftLimits(platform, repairs);
    const [sku = ""] = await putOnSale(platform, repairs, PIECES);
    const auditor = await Auditor.begin(cluster, namespace);
    say(`${BUYERS} buyers order ${sku}`);
    const acknowledged: string[] = [];
    const started = performance.now();
    const outcomes = await Promise.all(
      Array.from({ length: BUYERS }, async () => {
        const answer = await shop.orderUntilAnswered(orderOf(sku));
        if (answer.status === 201) acknowledged.push((answer.body as { id: string }).id);
        const slug = (answer.body as { type?: string }).type?.split(":").at(-1);
        return outcomeOf("order", answer) + (slug === undefined ? "" : ` ${slug}`);
      }),
    );
    findings.figure("all buyers answered after", (performance.now() - started) / 1000, "s");
    const told = new Map<string, number>();
    for (const outcome of outcomes) told.set(outcome, (told.get(outcome) ?? 0) + 1);
    for (const [outcome, count] of told) findings.note(`${count} × ${outcome}`);
    findings.exactly("buyers who were told that their order is paid", acknowledged.length, PIECES);
    findings.exactly(
      "buyers who were told that nothing is left",
      told.get("order 409 out-of-stock") ?? 0,
      BUYERS - PIECES,
    );
    await auditor.judge(acknowledged, findings, signal);
    const left = await cluster.sql(namespace, "catalog", `SELECT available FROM stock WHERE sku = '${sku}'`);
    findings.exactly("pieces left", Number(left), 0);
  },
};
