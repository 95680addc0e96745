import { writeFileSync } from "node:fs";
import { COLOUR_NAMES, FINISH_NAMES, SHAPES } from "./src/drawing.ts";
import { drawPicture } from "./src/picture.ts";

let html = "<body style='margin:0;background:#fff;font:11px sans-serif'>";
SHAPES.forEach((shape, i) => {
  const finish = FINISH_NAMES[(i * 7) % FINISH_NAMES.length] ?? "oak";
  const svg = drawPicture({
    shape,
    finish,
    ...(i % 5 === 4 && { colour: COLOUR_NAMES[i % COLOUR_NAMES.length] }),
  });
  html += `<div style="display:inline-block;width:150px"><img width=150 height=150 src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}">${shape} ${finish}</div>`;
});
writeFileSync("/tmp/shapes.html", html);
