import type { Totals } from "../../../../contracts/order-api.ts";
import { formatMoney } from "../money.ts";

const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 2 });

/** What an order costs, line by line. */
export const TotalsList = ({
  totals,
  currency,
  taxRate,
  refunded = 0,
}: {
  readonly totals: Totals;
  readonly currency: string;
  /** In hundredths of a per cent. */
  readonly taxRate?: number;
  readonly refunded?: number;
}) => (
  <dl class="totals">
    <div>
      <dt>Goods</dt>
      <dd>{formatMoney(totals.goods, currency)}</dd>
    </div>
    <div>
      <dt>Shipping</dt>
      <dd>{totals.shipping === 0 ? "Free" : formatMoney(totals.shipping, currency)}</dd>
    </div>
    <div class="total">
      <dt>Total</dt>
      <dd>{formatMoney(totals.total, currency)}</dd>
    </div>
    <div class="muted small">
      <dt>{taxRate === undefined ? "VAT included" : `VAT included (${percent.format(taxRate / 10_000)})`}</dt>
      <dd>{formatMoney(totals.tax, currency)}</dd>
    </div>
    {refunded > 0 && (
      <div>
        <dt>Given back</dt>
        <dd>{formatMoney(refunded, currency)}</dd>
      </div>
    )}
  </dl>
);
