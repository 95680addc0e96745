/** A plan as a picture: orders on top, then the nodes, then the replicas of those workloads that scaled. */

import type { Plan } from "../plan/plan.ts";
import type { Line } from "../simulation/result.ts";
import { compact, count, duration } from "./format.ts";

const WIDTH = 960;
const LEFT = 130;
const RIGHT = 24;
const TOP = 56;
const PANEL = { height: 56, gap: 22 };
/** Colours that are told apart without seeing red and green, and on white paper. */
const COLOUR = {
  load: "#0b6fa4",
  lost: "#c4350d",
  replicas: "#3f4c5a",
  nodes: "#7a5195",
  grid: "#d7dbe0",
  text: "#1f2933",
};
/** Texts along the time axis. */
const MARKS = 6;

/** One strip of the picture. */
interface Panel {
  readonly title: string;
  readonly colour: string;
  readonly line: Line;
  /** What the top of the strip stands for. */
  readonly most: number;
  /** What is drawn over it in red. */
  readonly lost?: Line;
}

/**
 * Draws a plan.
 *
 * @returns An SVG document.
 */
export function drawPlan(plan: Plan): string {
  const panels = panelsOf(plan);
  const height = TOP + panels.length * (PANEL.height + PANEL.gap) + 24;
  const { trace, stack, droppedOrders, orders } = plan;
  const title = `Stack ${stack}: ${trace.name}, up to ${count(trace.peakOrdersPerMinute)} orders a minute`;
  const outcome = `${count(orders)} orders, ${count(droppedOrders)} lost`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title" font-family="system-ui, sans-serif" font-size="12" fill="${COLOUR.text}">`,
    `<title id="title">${escaped(`${title}: ${outcome}`)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(LEFT, 24, title, 'font-size="16" font-weight="600"'),
    text(LEFT, 42, outcome, droppedOrders >= 0.5 ? `fill="${COLOUR.lost}"` : ""),
    ...panels.flatMap((panel, index) => drawPanel(panel, TOP + index * (PANEL.height + PANEL.gap))),
    ...timeAxis(trace.seconds, height - 12),
    "</svg>",
    "",
  ].join("\n");
}

function panelsOf({ workloads, lines, nodes, trace }: Plan): Panel[] {
  const scaling = workloads.flatMap(({ name, allowed, least, peakReplicas }, index): Panel[] => {
    if (least === peakReplicas) return [];
    return [{ title: name, colour: COLOUR.replicas, line: lines.replicas[index] ?? [], most: allowed }];
  });
  return [
    {
      title: "orders a minute",
      colour: COLOUR.load,
      line: lines.ordersPerMinute,
      most: trace.peakOrdersPerMinute,
      lost: lines.droppedPerMinute,
    },
    { title: `nodes (${nodes.type})`, colour: COLOUR.nodes, line: lines.nodes, most: nodes.peak },
    ...scaling,
  ];
}

function drawPanel({ title, colour, line, most, lost }: Panel, top: number): string[] {
  const bottom = top + PANEL.height;
  const right = WIDTH - RIGHT;
  return [
    `<path d="M${LEFT} ${top}H${right}M${LEFT} ${bottom}H${right}" stroke="${COLOUR.grid}" fill="none"/>`,
    text(LEFT - 10, top + PANEL.height / 2 + 4, title, 'text-anchor="end"'),
    text(right + 4, top + 4, compact(most), 'font-size="10"'),
    `<path d="${area(line, most, top)}" fill="${colour}" fill-opacity="0.2" stroke="${colour}" stroke-width="1.5"/>`,
    ...(lost?.some((value) => value > 0)
      ? [`<path d="${area(lost, most, top)}" fill="${COLOUR.lost}" fill-opacity="0.7"/>`]
      : []),
  ];
}

/** Steps under a line, from its begin to its end; what does not change is one step. */
function area(line: Line, most: number, top: number): string {
  const bottom = top + PANEL.height;
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, line.length);
  const x = (index: number) => (LEFT + index * step).toFixed(1);
  const y = (value: number) => (bottom - (most > 0 ? value / most : 0) * PANEL.height).toFixed(1);
  const steps = line.flatMap((value, index) =>
    value === line[index + 1] ? [] : [`V${y(value)}H${x(index + 1)}`],
  );
  return `M${LEFT} ${bottom}${steps.join("")}V${bottom}Z`;
}

function timeAxis(seconds: number, y: number): string[] {
  return Array.from({ length: MARKS + 1 }, (_, mark) => {
    const share = mark / MARKS;
    const x = LEFT + share * (WIDTH - LEFT - RIGHT);
    return text(x, y, duration(share * seconds), 'text-anchor="middle" font-size="10"');
  });
}

const text = (x: number, y: number, content: string, attributes = ""): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${attributes === "" ? "" : ` ${attributes}`}>${escaped(content)}</text>`;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (content: string): string => content.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
