import { useId } from "preact/hooks";
import type { Unit } from "../../../dashboards/model.ts";
import type { Line, Shown, ShownPanel, Value } from "../../answers.ts";
import { Chart, colourOf } from "./chart.tsx";
import { format } from "./format.ts";
import type { Theme } from "./theme.ts";

interface PanelProps {
  /** What it is part of: two rows may have panels of the same title. */
  readonly row: string;
  readonly panel: ShownPanel;
  readonly times: readonly number[];
  readonly theme: Theme;
}

/** A panel: its title, what it shows, and what that means. */
export function Panel({ row, panel, times, theme }: PanelProps) {
  const id = useId();
  const { title, description, shown } = panel;
  return (
    <article class={`panel ${shown.kind}`} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <Content row={row} panel={panel} times={times} theme={theme} />
      {description && <p class="note">{description}</p>}
    </article>
  );
}

function Content({ row, panel, times, theme }: PanelProps) {
  const { shown, unit } = panel;
  const title = `${row}: ${panel.title}`;
  if (shown.kind === "problem") return <p class="empty wrong">{shown.problem}</p>;
  if (isEmpty(shown)) return <p class="empty">{panel.mayBeEmpty ? "none" : "no data"}</p>;
  if (shown.kind === "number") return <p class="value">{format(shown.value, unit)}</p>;
  if (shown.kind === "table") {
    return (
      <Table title={title} columns={shown.columns}>
        {shown.rows.map(({ name, values }) => (
          <Row key={name} name={name} values={values} unit={unit} />
        ))}
      </Table>
    );
  }
  return (
    <>
      <Chart unit={unit} times={times} lines={shown.lines} theme={theme} />
      <Table title={title} columns={["highest", "now"]}>
        {shown.lines.map((line, index) => (
          <Row
            key={line.name}
            name={line.name}
            colour={colourOf(index, theme)}
            values={[highest(line), line.values.findLast((value) => value !== null) ?? null]}
            unit={unit}
          />
        ))}
      </Table>
      {shown.more > 0 && <p class="note">and {shown.more} smaller ones</p>}
    </>
  );
}

interface TableProps {
  readonly title: string;
  readonly columns: readonly string[];
  readonly children: preact.ComponentChildren;
}

function Table({ title, columns, children }: TableProps) {
  return (
    // It is scrolled where it is long, also by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region has to take the focus
    <section class="values" aria-label={`${title}, values`} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <td />
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly values: readonly Value[];
  readonly unit: Unit;
  readonly colour?: string;
}

const Row = ({ name, values, unit, colour }: RowProps) => (
  <tr>
    <th scope="row">
      {colour !== undefined && <span class="swatch" style={{ backgroundColor: colour }} />}
      {name}
    </th>
    {values.map((value, column) => (
      <td key={column}>{format(value, unit)}</td>
    ))}
  </tr>
);

const isEmpty = (shown: Exclude<Shown, { kind: "problem" }>): boolean =>
  (shown.kind === "number" && shown.value === null) ||
  (shown.kind === "lines" && shown.lines.length === 0) ||
  (shown.kind === "table" && shown.rows.length === 0);

const highest = ({ values }: Line): Value =>
  values.reduce<Value>(
    (most, value) => (value !== null && (most === null || value > most) ? value : most),
    null,
  );
