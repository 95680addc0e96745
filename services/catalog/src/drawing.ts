import { type Static, Type } from "typebox";

/** What a picture can show. */
export const SHAPES = [
  "backpack",
  "basket",
  "bench",
  "birdhouse",
  "blanket",
  "board",
  "bookend",
  "bowl",
  "box",
  "candle",
  "chair",
  "clock",
  "coaster",
  "cushion",
  "dispenser",
  "floor-lamp",
  "frame",
  "jar",
  "jug",
  "lamp",
  "lantern",
  "mill",
  "mirror",
  "mug",
  "notebook",
  "pan",
  "pen-pot",
  "pendant",
  "plate",
  "planter",
  "rail",
  "rug",
  "shelf",
  "soap-dish",
  "stool",
  "table",
  "teapot",
  "tote",
  "towel",
  "tray",
  "tumbler",
  "vase",
  "wallet",
  "watering-can",
] as const;
export type Shape = (typeof SHAPES)[number];

/** How a surface looks close by. */
export type Texture = "grain" | "speckle" | "brushed" | "clear" | "weave" | "plain";

/** What things in pictures are made of. */
export const FINISHES = {
  ash: { base: "#e0c49c", texture: "grain" },
  bamboo: { base: "#d9bd7c", texture: "grain" },
  brass: { base: "#cba655", texture: "brushed" },
  copper: { base: "#c17c55", texture: "brushed" },
  cork: { base: "#c79f73", texture: "speckle" },
  cotton: { base: "#e9e2d6", texture: "weave" },
  glass: { base: "#a9d3da", texture: "clear" },
  iron: { base: "#4a4f55", texture: "brushed" },
  leather: { base: "#99613c", texture: "plain" },
  linen: { base: "#d3c6ae", texture: "weave" },
  oak: { base: "#c8985c", texture: "grain" },
  paper: { base: "#ece2cf", texture: "plain" },
  porcelain: { base: "#e9ebe8", texture: "plain" },
  steel: { base: "#a9b3bb", texture: "brushed" },
  stoneware: { base: "#93a7a2", texture: "speckle" },
  terracotta: { base: "#c66f47", texture: "speckle" },
  walnut: { base: "#7d553a", texture: "grain" },
  willow: { base: "#b98d56", texture: "weave" },
  wool: { base: "#b5a595", texture: "weave" },
} as const satisfies Readonly<Record<string, { readonly base: string; readonly texture: Texture }>>;
export type Finish = keyof typeof FINISHES;

/** What things in pictures are dyed or glazed with, instead of what they look like by nature. */
export const COLOURS = {
  clay: "#b9694b",
  ink: "#34495e",
  moss: "#6f7f4f",
  mustard: "#d0a23c",
  rose: "#d79b98",
  sage: "#9db19a",
  sand: "#d9c7a3",
  sky: "#8fb4cc",
  snow: "#f0eeea",
} as const;
export type Colour = keyof typeof COLOURS;

const names = <Name extends string>(record: Readonly<Record<Name, unknown>>) => Object.keys(record) as Name[];
export const FINISH_NAMES = names(FINISHES);
export const COLOUR_NAMES = names(COLOURS);

/** A picture that this service can draw. */
export const Drawing = Type.Object(
  {
    shape: Type.Enum(SHAPES),
    finish: Type.Enum(FINISH_NAMES),
    colour: Type.Optional(Type.Enum(COLOUR_NAMES)),
    view: Type.Optional(Type.Enum(["whole", "detail"], { description: "From how far. Default: whole" })),
  },
  { additionalProperties: false },
);
export type Drawing = Static<typeof Drawing>;
