import type { Shape } from "./drawing.ts";

/** How something is drawn on a sheet of 600 by 600. Fills that are not given are those of its material. */
export interface Sketch {
  /** What is behind the body, in the material's shadow: the far leg of a chair, the inside of a box. */
  readonly back?: string;
  /** Its surface, with the material's texture. */
  readonly body: string;
  /** What is on top of it: `L` light, `D` dark, `A` accent, `W` white as fill or stroke. */
  readonly detail?: string;
  /** Half the width of its shadow on the floor; without one it hangs on a wall. */
  readonly floor?: number;
}

const path = (d: string, attributes = "") => `<path d="${d}" ${attributes}/>`;
const line = (d: string, width: number, colour: "L" | "D" | "A" | "W" = "D") =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const rect = (x: number, y: number, width: number, height: number, radius = 0, attributes = "") =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" ${attributes}/>`;
const ellipse = (x: number, y: number, rx: number, ry = rx, attributes = "") =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" ${attributes}/>`;
const dark = 'fill="D"';
const light = 'fill="L"';
const accent = 'fill="A"';
const white = 'fill="W"';
const flame = 'fill="#eba23a"';
const bulb = 'fill="#f8dc8c"';
const repeat = (times: number, draw: (index: number) => string) =>
  Array.from({ length: times }, (_, index) => draw(index)).join("");

/** Every shape, standing on the floor at 470 or hanging around 280. */
export const SKETCHES: Readonly<Record<Shape, Sketch>> = {
  backpack: {
    floor: 130,
    back: line("M250 190C250 120 350 120 350 190", 14),
    body: path("M190 250C190 170 410 170 410 250L424 440Q424 470 394 470H206Q176 470 176 440Z"),
    detail: `${rect(218, 330, 164, 104, 18, 'fill="none" stroke="D" stroke-width="5"')}${line("M196 262C260 290 340 290 404 262", 5)}${line("M270 358H330", 7, "A")}${rect(286, 268, 28, 44, 6, accent)}`,
  },
  basket: {
    floor: 150,
    back: line("M190 300C210 110 390 110 410 300", 14),
    body: path("M150 290H450L418 452Q414 470 394 470H206Q186 470 182 452Z"),
    detail: `${rect(140, 276, 320, 30, 15, light)}${repeat(4, (row) => line(`M${166 + row * 6} ${336 + row * 34}H${434 - row * 6}`, 4))}`,
  },
  bench: {
    floor: 210,
    back: `${rect(150, 340, 20, 120, 4)}${rect(430, 340, 20, 120, 4)}`,
    body: `${rect(90, 310, 420, 36, 8)}${path("M116 346H146L138 470H116Z")}${path("M484 346H454L462 470H484Z")}`,
    detail: line("M96 344H504", 4),
  },
  birdhouse: {
    back: rect(290, 80, 20, 60),
    body: `${path("M200 250L300 150L400 250V450H200Z")}`,
    detail: `${path("M176 262L300 136L424 262L404 282L300 178L196 282Z", accent)}${ellipse(300, 300, 38, 38, dark)}${line("M300 372V404", 9)}`,
  },
  blanket: {
    floor: 180,
    body: `${rect(140, 390, 320, 80, 34)}${rect(146, 320, 308, 80, 34)}${rect(152, 250, 296, 80, 34)}`,
    detail: `${line("M176 398H436", 4)}${line("M180 328H430", 4)}${repeat(13, (index) => line(`M${164 + index * 23} 462V486`, 4, "L"))}${rect(330, 250, 34, 218, 0, 'fill="A" opacity=".55"')}`,
  },
  board: {
    body: path(
      "M210 160Q210 140 230 140H276V96Q276 72 300 72T324 96V140H370Q390 140 390 160V450Q390 480 360 480H240Q210 480 210 450Z",
    ),
    detail: `${ellipse(300, 104, 10, 10, dark)}${line("M228 160V450", 3, "L")}`,
  },
  bookend: {
    floor: 190,
    back: `${rect(250, 210, 46, 256, 4, accent)}${rect(300, 180, 38, 286, 4, dark)}${rect(342, 232, 52, 234, 4, white)}${rect(398, 200, 34, 266, 4, accent)}`,
    body: path("M150 470V300Q150 220 232 220V470Z"),
    detail: `${line("M166 454V304Q168 250 216 240", 4, "L")}${line("M354 262H382M354 276H382", 4)}`,
  },
  bowl: {
    floor: 120,
    back: ellipse(300, 290, 170, 44),
    body: path(
      "M130 290C130 410 220 456 244 456H356C380 456 470 410 470 290C470 316 394 334 300 334S130 316 130 290Z",
    ),
    detail: `${rect(244, 450, 112, 20, 6, dark)}${line("M150 306C176 330 424 330 450 306", 5, "L")}`,
  },
  box: {
    floor: 170,
    body: `${rect(150, 280, 300, 190, 10)}${rect(138, 230, 324, 58, 10)}`,
    detail: `${line("M150 290H450", 5)}${rect(264, 334, 72, 40, 6, white)}${line("M278 354H322", 4)}`,
  },
  candle: {
    floor: 110,
    back: `${rect(276, 180, 48, 170, 6, white)}${line("M300 180V160", 5)}${path("M300 104C330 140 318 164 300 164S270 140 300 104Z", flame)}`,
    body: `${path("M262 336H338L326 388H274Z")}${rect(290, 380, 20, 62)}${path("M200 470Q206 436 300 436T400 470Z")}`,
    detail: ellipse(300, 338, 38, 8, light),
  },
  chair: {
    floor: 130,
    back: `${rect(228, 350, 16, 110, 4)}${rect(356, 350, 16, 110, 4)}`,
    body: `${path("M214 110Q300 90 386 110L378 216Q300 202 222 216Z")}${rect(214, 200, 18, 130)}${rect(368, 200, 18, 130)}${path("M190 320H410L422 356H178Z")}${rect(186, 350, 20, 120, 4)}${rect(394, 350, 20, 120, 4)}`,
    detail: line("M182 354H418", 4),
  },
  clock: {
    body: ellipse(300, 280, 170),
    detail: `${ellipse(300, 280, 138, 138, white)}${repeat(12, (hour) => `<path d="M300 156V${hour % 3 === 0 ? 182 : 170}" stroke="D" stroke-width="7" stroke-linecap="round" transform="rotate(${hour * 30} 300 280)"/>`)}${line("M300 280L248 222", 11)}${line("M300 280L356 196", 7)}${ellipse(300, 280, 10, 10, accent)}`,
  },
  coaster: {
    floor: 160,
    back: `${ellipse(300, 452, 150, 34)}${ellipse(300, 432, 150, 34, light)}${ellipse(300, 424, 150, 34)}${ellipse(300, 404, 150, 34, light)}${ellipse(300, 396, 150, 34)}`,
    body: ellipse(300, 376, 150, 34),
    detail: ellipse(300, 376, 122, 26, 'fill="none" stroke="D" stroke-width="3"'),
  },
  cushion: {
    floor: 160,
    body: path("M140 190Q300 226 460 190Q430 330 460 470Q300 440 140 470Q170 330 140 190Z"),
    detail: `${line("M152 200Q300 234 448 200Q420 330 448 460Q300 430 152 460Q180 330 152 200Z", 4)}${line("M300 216V446", 5, "A")}${line("M270 217V445", 2, "A")}${line("M330 217V445", 2, "A")}`,
  },
  dispenser: {
    floor: 90,
    back: `${rect(290, 150, 20, 70, 0, dark)}${path("M230 136H330Q346 136 346 152V160H230Z", dark)}`,
    body: path("M226 270Q226 220 276 220H324Q374 220 374 270V450Q374 470 354 470H246Q226 470 226 450Z"),
    detail: `${rect(268, 204, 64, 22, 6, accent)}${rect(258, 320, 84, 66, 6, white)}${line("M274 344H326M282 362H318", 4)}`,
  },
  "floor-lamp": {
    floor: 90,
    back: rect(294, 190, 12, 270),
    body: `${path("M236 84H364L404 210H196Z")}${path("M216 470Q222 448 300 448T384 470Z")}`,
    detail: `${ellipse(300, 210, 100, 14, 'fill="W" opacity=".85"')}${line("M340 214V262", 3)}${ellipse(340, 266, 6, 6, accent)}`,
  },
  frame: {
    body: path("M150 100H450V460H150ZM186 136V424H414V136Z", 'fill-rule="evenodd"'),
    detail: `${rect(186, 136, 228, 288, 0, white)}${ellipse(346, 222, 36, 36, accent)}${path("M212 398L276 280L318 344L346 310L388 398Z", dark)}${line("M186 424V136H414", 4)}`,
  },
  jar: {
    floor: 110,
    body: `${path("M200 250Q200 226 224 226H376Q400 226 400 250V440Q400 470 370 470H230Q200 470 200 440Z")}`,
    detail: `${rect(192, 190, 216, 46, 12, accent)}${ellipse(300, 182, 26, 16, accent)}${rect(250, 310, 100, 60, 6, white)}${line("M272 340H328", 5)}`,
  },
  jug: {
    floor: 110,
    back: line("M380 250C480 250 470 400 376 392", 22),
    body: path(
      "M226 170H366L352 230C410 300 404 400 366 456Q356 470 340 470H250Q234 470 224 456C186 400 180 300 238 230L206 184Q206 170 226 170Z",
    ),
    detail: `${line("M240 240C212 300 210 370 234 430", 7, "L")}${line("M222 178H360", 5)}`,
  },
  lamp: {
    floor: 110,
    back: `${line("M300 450L220 300L340 190", 14)}`,
    body: `${path("M318 150L420 220Q376 296 300 282Q270 214 318 150Z")}${path("M208 470Q214 440 300 440T392 470Z")}`,
    detail: `${ellipse(220, 300, 13, 13, accent)}${path("M312 290L420 228L470 400H260Z", 'fill="W" opacity=".3"')}${ellipse(364, 262, 22, 15, bulb)}`,
  },
  lantern: {
    floor: 110,
    back: `${line("M240 170C250 90 350 90 360 170", 9)}${rect(222, 226, 156, 206, 0, 'fill="W" opacity=".55"')}${rect(274, 330, 52, 100, 6, white)}${path("M300 256C326 290 316 314 300 314S274 290 300 256Z", flame)}`,
    body: `${path("M200 230L250 166H350L400 230Z")}${rect(206, 226, 16, 220)}${rect(378, 226, 16, 220)}${rect(190, 430, 220, 40, 8)}`,
    detail: line("M300 230V250", 4),
  },
  mill: {
    floor: 80,
    body: `${ellipse(300, 140, 46, 44)}${path("M262 184H338Q350 214 330 240H270Q250 214 262 184Z")}${path("M264 252H336Q318 340 366 444Q372 470 346 470H254Q228 470 234 444Q282 340 264 252Z")}`,
    detail: `${rect(256, 240, 88, 14, 4, accent)}${ellipse(300, 92, 12, 12, accent)}${line("M284 280Q286 350 258 438", 6, "L")}`,
  },
  mirror: {
    body: path(
      "M300 80C410 80 440 180 440 280S410 480 300 480S160 380 160 280S190 80 300 80ZM300 106C210 106 186 190 186 280S210 454 300 454S414 370 414 280S390 106 300 106Z",
      'fill-rule="evenodd"',
    ),
    detail: `${path("M300 106C210 106 186 190 186 280S210 454 300 454S414 370 414 280S390 106 300 106Z", 'fill="#dfe9ec"')}${line("M236 330L344 170M270 356L372 206", 10, "W")}`,
  },
  mug: {
    floor: 110,
    back: line("M388 270C480 270 480 404 380 404", 26),
    body: path("M200 210H400V420Q400 470 350 470H250Q200 470 200 420Z"),
    detail: `${ellipse(300, 210, 100, 22, dark)}${ellipse(300, 214, 86, 16, 'fill="#5a3a28"')}${line("M224 252V410", 8, "L")}`,
  },
  notebook: {
    back: path("M214 108H418V468H214Z", white),
    body: rect(184, 96, 220, 368, 14),
    detail: `${rect(184, 96, 36, 368, 10, dark)}${rect(360, 96, 12, 368, 0, accent)}${rect(246, 160, 92, 56, 6, white)}${line("M262 180H322M262 196H302", 4)}`,
  },
  pan: {
    floor: 150,
    back: rect(390, 330, 170, 26, 13, dark),
    body: path("M110 320H420L404 430Q400 470 360 470H170Q130 470 126 430Z"),
    detail: `${ellipse(265, 320, 155, 26, dark)}${line("M138 352L148 430", 7, "L")}`,
  },
  "pen-pot": {
    floor: 90,
    back: `${path("M250 150L268 140L300 300H276Z", accent)}${rect(306, 120, 20, 180, 4, dark)}${path("M372 156L388 168L350 300H330Z", white)}${line("M316 120V104", 6)}`,
    body: path("M214 280H386V440Q386 470 356 470H244Q214 470 214 440Z"),
    detail: `${ellipse(300, 280, 86, 18, dark)}${line("M236 312V430", 7, "L")}`,
  },
  pendant: {
    back: line("M300 0V200", 6),
    body: path(
      "M300 180Q330 180 336 214C440 240 470 330 470 380H130C130 330 160 240 264 214Q270 180 300 180Z",
    ),
    detail: `${ellipse(300, 380, 170, 26, 'fill="W" opacity=".85"')}${ellipse(300, 388, 44, 22, bulb)}${line("M160 356C170 310 210 270 256 252", 7, "L")}`,
  },
  plate: {
    body: ellipse(300, 290, 190),
    detail: `${ellipse(300, 290, 132, 132, 'fill="none" stroke="D" stroke-width="4"')}${ellipse(300, 290, 126, 126, 'fill="L" opacity=".55"')}${ellipse(300, 290, 178, 178, 'fill="none" stroke="A" stroke-width="4"')}`,
  },
  planter: {
    floor: 130,
    back: `${path("M300 310C280 190 200 150 170 160C180 230 230 290 300 310Z", 'fill="#5d8a5a"')}${path("M300 310C310 170 400 110 440 130C430 220 370 290 300 310Z", 'fill="#6f9f68"')}${path("M300 310C250 220 280 110 310 90C350 150 340 240 300 310Z", 'fill="#4d7a4d"')}`,
    body: path("M176 300H424L396 446Q392 470 366 470H234Q208 470 204 446Z"),
    detail: `${rect(166, 286, 268, 40, 10, light)}${line("M206 340L224 440", 7, "L")}`,
  },
  rail: {
    body: rect(90, 200, 420, 62, 12),
    detail: `${repeat(5, (index) => `${line(`M${140 + index * 80} 244V300Q${140 + index * 80} 330 ${164 + index * 80} 320`, 11, "A")}${ellipse(140 + index * 80, 240, 9, 9, accent)}`)}${path("M196 316H246V440Q221 460 196 440Z", white)}${line("M206 316V300", 4)}`,
  },
  rug: {
    floor: 220,
    body: path("M150 330H450L540 470H60Z"),
    detail: `${path("M178 346H422L494 454H106Z", 'fill="none" stroke="A" stroke-width="7"')}${path("M300 356L392 400L300 446L208 400Z", 'fill="D" opacity=".5"')}${repeat(24, (index) => line(`M${66 + index * 20.4} 472V486`, 3, "L"))}`,
  },
  shelf: {
    back: `${rect(150, 196, 40, 104, 3, accent)}${rect(194, 176, 32, 124, 3, dark)}${rect(230, 206, 46, 94, 3, white)}${path("M380 300Q360 250 384 224H436Q460 250 440 300Z", accent)}${ellipse(410, 190, 40, 40, 'fill="#6f9f68"')}`,
    body: rect(90, 300, 420, 32, 5),
    detail: `${line("M96 330H504", 4)}${line("M150 332V392L196 332M450 332V392L404 332", 9)}`,
  },
  "soap-dish": {
    floor: 150,
    back: rect(200, 356, 200, 70, 34, accent),
    body: path("M130 410H470Q460 470 400 470H200Q140 470 130 410Z"),
    detail: `${line("M146 424H454", 5, "L")}${line("M240 384H330", 5, "W")}`,
  },
  stool: {
    floor: 120,
    back: `${path("M250 250H268L256 462H238Z")}${path("M350 250H332L344 462H362Z")}${rect(214, 372, 172, 14)}`,
    body: `${path("M170 214Q170 200 190 200H410Q430 200 430 214V232Q430 252 410 252H190Q170 252 170 232Z")}${path("M204 252H228L202 470H178Z")}${path("M396 252H372L398 470H422Z")}`,
    detail: line("M184 248H416", 4),
  },
  table: {
    floor: 160,
    back: rect(288, 290, 24, 170),
    body: `${ellipse(300, 272, 200, 37)}${path("M100 272V290C100 312 190 326 300 326S500 312 500 290V272C500 294 410 308 300 308S100 294 100 272Z")}${path("M300 410L440 470H410L300 428L190 470H160Z")}`,
    detail: `${path("M252 258L258 214H322L328 258Q290 272 252 258Z", white)}${line("M110 290C140 316 460 316 490 290", 3)}`,
  },
  teapot: {
    floor: 130,
    back: `${line("M410 280C510 270 500 410 396 410", 20)}${path("M206 330C150 330 146 250 96 226L128 210C186 236 190 290 230 300Z")}`,
    body: path("M300 220C400 220 434 290 434 350S390 470 300 470S166 420 166 350S200 220 300 220Z"),
    detail: `${path("M232 236C240 206 360 206 368 236C340 250 260 250 232 236Z", dark)}${ellipse(300, 204, 20, 16, accent)}${line("M196 330C204 288 226 264 250 254", 8, "L")}`,
  },
  tote: {
    floor: 140,
    back: `${line("M232 240C232 90 368 90 368 240", 14)}`,
    body: path("M160 220H440L456 446Q458 470 434 470H166Q142 470 144 446Z"),
    detail: `${line("M164 236H436", 4)}${line("M220 236V300M380 236V300", 12, "A")}${rect(270, 340, 60, 44, 5, accent)}`,
  },
  towel: {
    back: rect(110, 130, 380, 16, 8, dark),
    body: `${path("M180 138Q180 120 198 120H402Q420 120 420 138V470H180Z")}`,
    detail: `${rect(180, 390, 240, 16, 0, accent)}${rect(180, 416, 240, 8, 0, accent)}${line("M300 140V384", 3)}${repeat(16, (index) => line(`M${188 + index * 15} 470V484`, 3, "L"))}`,
  },
  tray: {
    floor: 210,
    back: `${rect(210, 300, 60, 90, 10, white)}${path("M320 390L330 320H410L420 390Z", accent)}`,
    body: path("M80 390H520L496 446Q488 470 462 470H138Q112 470 104 446Z"),
    detail: `${rect(70, 372, 460, 26, 13, light)}${rect(120, 408, 60, 20, 10, dark)}${rect(420, 408, 60, 20, 10, dark)}`,
  },
  tumbler: {
    floor: 90,
    back: path("M222 300H378L366 440Q364 452 350 452H250Q236 452 234 440Z", 'fill="A" opacity=".55"'),
    body: path("M204 180H396L374 446Q372 470 348 470H252Q228 470 226 446Z"),
    detail: `${ellipse(300, 180, 96, 18, 'fill="L" opacity=".8"')}${line("M228 216L246 430", 8, "W")}`,
  },
  vase: {
    floor: 100,
    back: `${line("M300 220C290 150 260 110 240 70", 6)}${line("M304 220C310 140 340 110 356 84", 6)}${ellipse(236, 68, 28, 32, accent)}${ellipse(360, 80, 24, 28, accent)}${path("M292 190C260 180 250 160 250 146C276 150 290 166 296 186Z", 'fill="#6f9f68"')}`,
    body: path(
      "M256 200H344L334 244C400 290 404 380 360 448Q348 470 326 470H274Q252 470 240 448C196 380 200 290 266 244Z",
    ),
    detail: `${ellipse(300, 200, 44, 10, dark)}${line("M252 276C222 320 224 380 256 438", 8, "L")}`,
  },
  wallet: {
    floor: 170,
    body: rect(140, 260, 320, 210, 22),
    detail: `${rect(152, 272, 296, 186, 16, 'fill="none" stroke="L" stroke-width="3" stroke-dasharray="9 7"')}${path("M360 330H460V400H360Q336 400 336 365T360 330Z", dark)}${ellipse(372, 365, 11, 11, accent)}`,
  },
  "watering-can": {
    floor: 130,
    back: `${line("M398 300C500 280 480 440 392 432", 18)}${path("M210 380L112 232L144 218L226 320Z")}${path("M86 240L156 194L164 208L96 254Z", dark)}`,
    body: path("M206 280H394L408 440Q410 470 380 470H220Q190 470 192 440Z"),
    detail: `${line("M230 280C236 200 364 200 370 280", 12)}${line("M226 306L218 430", 7, "L")}`,
  },
};
