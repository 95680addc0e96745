/** Values as people read them. */

import type { Unit } from "../../../dashboards/model.ts";
import type { Value } from "../../answers.ts";

/** Names of the powers of a step, and from where on each is used. */
const scaled = (step: number, names: readonly string[]) => (value: number) => {
  const power = Math.floor(Math.log(Math.abs(value)) / Math.log(step));
  const index = value === 0 ? 0 : Math.min(Math.max(power, 0), names.length - 1);
  return [value / step ** index, names[index] ?? ""] as const;
};
const thousands = scaled(1000, ["", " k", " M", " G"]);
const bytes = scaled(1024, [" B", " KiB", " MiB", " GiB", " TiB"]);

/** Times in seconds, from the shortest: up to where each is used, how many of it a second has, and its name. */
const TIMES = [
  [1e-3, 1e6, " µs"],
  [1, 1e3, " ms"],
  [120, 1, " s"],
  [7200, 1 / 60, " min"],
  [172_800, 1 / 3600, " h"],
  [Number.POSITIVE_INFINITY, 1 / 86_400, " d"],
] as const;

function time(seconds: number): readonly [number, string] {
  if (seconds === 0) return [0, " s"];
  const [, factor, name] = TIMES.find(([below]) => Math.abs(seconds) < below) ?? TIMES[2];
  return [seconds * factor, name];
}

const AS: Readonly<Record<Unit, (value: number) => readonly [number, string]>> = {
  short: thousands,
  none: (value) => [value, ""],
  currency: (value) => [value, ""],
  percentunit: (value) => [value * 100, " %"],
  s: time,
  bytes,
  Bps: (value) => withSuffix(bytes(value), "/s"),
  reqps: (value) => withSuffix(thousands(value), "/s"),
  ops: (value) => withSuffix(thousands(value), "/s"),
  cores: (value) => [value, " CPU"],
};

const withSuffix = ([value, unit]: readonly [number, string], suffix: string) =>
  [value, `${unit}${suffix}`] as const;

/** Three significant digits, and no more of them after the point than say something. */
function digits(value: number): string {
  const places = value === 0 ? 0 : Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(value))), 0), 3);
  return String(Number(value.toFixed(places)));
}

/**
 * A value with its unit.
 *
 * @example format(0.0123, "s") // "12.3 ms"
 */
export function format(value: Value | undefined, unit: Unit): string {
  if (value === null || value === undefined) return "–";
  const [shown, name] = AS[unit](value);
  return `${digits(shown)}${name}`;
}
