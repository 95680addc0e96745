import { hash } from "node:crypto";
import { COLOURS, type Drawing, FINISHES, type Texture } from "./drawing.ts";
import { SKETCHES, type Sketch } from "./shapes.ts";

/** A colour between two: `share` 0 is the first, 1 the second. */
function mix(from: string, to: string, share: number): string {
  const channel = (text: string, at: number) => Number.parseInt(text.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) =>
    Math.round(channel(from, at) + (channel(to, at) - channel(from, at)) * share),
  );
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

const WHITE = "#ffffff";
const BLACK = "#1d1a17";

/** A pattern of see-through marks, laid over the surface. */
const TEXTURES: Readonly<Record<Texture, (light: string, dark: string) => string>> = {
  grain: (_, dark) =>
    `<pattern id="t" width="140" height="46" patternUnits="userSpaceOnUse"><path d="M0 8C40 2 90 14 140 8M0 22C50 30 80 14 140 22M0 37C30 32 100 42 140 37M52 16c14-6 26-4 30 2" fill="none" stroke="${dark}" stroke-opacity=".3" stroke-width="2"/></pattern>`,
  speckle: (light, dark) =>
    `<pattern id="t" width="60" height="60" patternUnits="userSpaceOnUse"><g fill="${dark}" fill-opacity=".35"><circle cx="8" cy="12" r="1.8"/><circle cx="34" cy="6" r="1.2"/><circle cx="50" cy="26" r="2"/><circle cx="22" cy="34" r="1.4"/><circle cx="42" cy="50" r="1.7"/><circle cx="10" cy="52" r="1.1"/></g><circle cx="28" cy="20" r="1.6" fill="${light}" fill-opacity=".7"/></pattern>`,
  brushed: (light) =>
    `<pattern id="t" width="90" height="9" patternUnits="userSpaceOnUse"><path d="M0 2H60M20 5H90M0 8H40" stroke="${light}" stroke-opacity=".35" stroke-width="1.2"/></pattern>`,
  clear: (light) =>
    `<linearGradient id="t" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="${light}" stop-opacity=".75"/><stop offset=".35" stop-color="${light}" stop-opacity="0"/><stop offset=".8" stop-color="${light}" stop-opacity=".1"/><stop offset="1" stop-color="${light}" stop-opacity=".5"/></linearGradient>`,
  weave: (light, dark) =>
    `<pattern id="t" width="12" height="12" patternUnits="userSpaceOnUse"><path d="M0 3H6M6 9H12" stroke="${dark}" stroke-opacity=".22" stroke-width="2.4"/><path d="M3 6V12M9 0V6" stroke="${light}" stroke-opacity=".4" stroke-width="2.4"/></pattern>`,
  plain: () => `<linearGradient id="t"><stop stop-opacity="0"/></linearGradient>`,
};

/** Draws a picture as SVG, the same every time. */
export function drawPicture({ shape, finish, colour, view = "whole" }: Drawing): string {
  const { base: natural, texture } = FINISHES[finish];
  const base = colour === undefined ? natural : COLOURS[colour];
  const light = mix(base, WHITE, 0.45);
  const dark = mix(base, BLACK, 0.42);
  // Warm on cold and cold on warm, so that the thing stands out.
  const isWarm = Number.parseInt(base.slice(1, 3), 16) > Number.parseInt(base.slice(5, 7), 16) + 10;
  const room = isWarm ? "#dfe6e4" : "#efe4d4";
  const fill = { L: light, D: dark, A: mix(isWarm ? "#4f7f86" : "#c2703d", base, 0.2), W: "#fbf9f5" };
  const paint = (svg: string) =>
    svg.replace(/="([LDAW])"/g, (_, name: keyof typeof fill) => `="${fill[name]}"`);
  const sketch: Sketch = SKETCHES[shape];
  const surface = texture === "clear" ? ' fill-opacity=".55"' : "";
  const [x, y, size] = view === "detail" ? [160, 220, 280] : [0, 0, 600];
  const shadow =
    sketch.floor === undefined
      ? `<g fill="${BLACK}" opacity=".13" transform="translate(14 18)">${sketch.body.replace(/fill="[^"]*"/g, "")}</g>`
      : `<ellipse cx="300" cy="474" rx="${sketch.floor * 1.25}" ry="22" fill="url(#s)"/>`;
  const ground =
    sketch.floor === undefined ? "" : `<path d="M0 430H600V600H0Z" fill="${mix(room, base, 0.22)}"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${size} ${size}" width="600" height="600">`,
    `<defs><linearGradient id="r" x2="0" y2="1"><stop stop-color="${mix(room, WHITE, 0.5)}"/>`,
    `<stop offset="1" stop-color="${mix(room, base, 0.12)}"/></linearGradient>`,
    `<linearGradient id="b"><stop stop-color="${mix(base, WHITE, 0.22)}"/><stop offset=".55" stop-color="${base}"/>`,
    `<stop offset="1" stop-color="${mix(base, BLACK, 0.24)}"/></linearGradient>`,
    `<radialGradient id="s"><stop stop-color="${BLACK}" stop-opacity=".38"/>`,
    `<stop offset="1" stop-color="${BLACK}" stop-opacity="0"/></radialGradient>`,
    TEXTURES[texture](light, dark),
    `</defs><rect width="600" height="600" fill="url(#r)"/>${ground}`,
    `<circle cx="300" cy="250" r="215" fill="${mix(room, WHITE, 0.62)}" opacity=".7"/>${shadow}`,
    `<g fill="${mix(base, BLACK, 0.2)}">${paint(sketch.back ?? "")}</g>`,
    `<g fill="url(#b)"${surface}>${sketch.body}</g><g fill="url(#t)">${sketch.body}</g>`,
    `<g>${paint(sketch.detail ?? "")}</g></svg>`,
  ].join("");
}

const versions = new Map<string, string>();

/** Names what a drawing looks like: another name whenever it, or how it is drawn, has changed. */
export function pictureVersion(drawing: Drawing): string {
  // As many as there are drawings: a few thousand at the most.
  const { shape, finish, colour, view } = drawing;
  const key = [shape, finish, colour, view].join();
  let version = versions.get(key);
  if (version === undefined) {
    version = hash("sha256", drawPicture(drawing), "base64url").slice(0, 12);
    versions.set(key, version);
  }
  return version;
}
