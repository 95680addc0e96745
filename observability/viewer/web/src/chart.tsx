import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Unit } from "../../../dashboards/model.ts";
import type { Line } from "../../answers.ts";
import { format } from "./format.ts";
import type { Theme } from "./theme.ts";

const HEIGHT = 190;
/** Degrees between the colours of two lines: neighbours differ most. */
const GOLDEN_ANGLE = 137.5;
const FIRST_COLOUR = 160;

/** The colour of a line, with a contrast of 3 to 1 or more against its ground. */
export function colourOf(index: number, theme: Theme): string {
  const hue = (FIRST_COLOUR + index * GOLDEN_ANGLE) % 360;
  return theme === "dark" ? `oklch(0.76 0.14 ${hue})` : `oklch(0.54 0.14 ${hue})`;
}

interface ChartProps {
  readonly unit: Unit;
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly theme: Theme;
}

/** Lines over time. The table below it says the same to those who do not see it. */
export function Chart({ unit, times, lines, theme }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const colours = getComputedStyle(element);
    const axis = {
      stroke: colours.color,
      grid: { stroke: colours.borderTopColor, width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { drag: { setScale: false } },
        scales: { y: { range: (_plot, low, high) => rangeOf(low, high) } },
        axes: [
          { ...axis, size: 28, space: 70, values: (_plot, splits) => splits.map(clock) },
          { ...axis, size: 66, values: (_plot, splits) => splits.map((value) => format(value, unit)) },
        ],
        series: [
          {},
          ...lines.map(({ name }, index) => ({
            label: name,
            stroke: colourOf(index, theme),
            width: 1.75,
            points: { show: false },
            ...(lines.length === 1
              ? { fill: `color-mix(in oklch, ${colourOf(0, theme)} 14%, transparent)` }
              : {}),
          })),
        ],
      },
      [[...times], ...lines.map(({ values }) => [...values])],
      element,
    );
    const sizes = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      plot.destroy();
    };
  }, [unit, times, lines, theme]);
  return <div class="chart" ref={holder} aria-hidden="true" />;
}

/** From 0 on, unless something is below it; with room above. */
function rangeOf(low: number | null, high: number | null): [number, number] {
  const top = Math.max(high ?? 0, 0);
  const bottom = Math.min(low ?? 0, 0);
  return top === bottom ? [bottom, bottom + 1] : [bottom * 1.1, top * 1.1];
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clock = (seconds: number): string => CLOCK.format(seconds * 1000);
