import { type Database, type ServiceContext, statement } from "../../chassis/index.ts";

/** All stock is read for it, so not at every scrape, in milliseconds. */
const INTERVAL = 60_000;

const LOWEST = statement<{ available: number | null }>(
  "lowest-stock",
  "SELECT min(available) AS available FROM stock",
);

/** The fewest pieces that any variant has; undefined where there is no stock at all. */
export const lowestStock = async (database: Pick<Database, "query">): Promise<number | undefined> =>
  (await database.query(LOWEST))[0]?.available ?? undefined;

/** Shows whether more was sold than there is, to whoever reads the metrics. */
export function watchStock({
  database,
  metrics,
  background,
}: Pick<ServiceContext, "database" | "metrics" | "background">): void {
  let lowest = Number.NaN;
  metrics.gauge(
    "catalog_stock_lowest",
    "Fewest pieces that any variant has; below 0 more was sold than there is",
    () => lowest,
  );
  background("lowest stock", INTERVAL, async () => {
    lowest = (await lowestStock(database)) ?? Number.NaN;
    return false;
  });
}
