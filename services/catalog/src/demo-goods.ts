import type { Colour, Finish, Shape } from "./drawing.ts";

/** What goods of the demo shop can be made of. */
export interface Make {
  readonly adjective: string;
  readonly finish: Finish;
  /** Per cent of the goods' price. */
  readonly factor: number;
  readonly text: string;
}

/** Something that the demo shop has in several makes. */
export interface Goods {
  readonly noun: string;
  readonly shape: Shape;
  /** In euro cents, for the plainest make and variant. */
  readonly price: number;
  readonly text: string;
  readonly makes: readonly string[];
  /** The first one is the plainest. */
  readonly sizes?: readonly Size[];
  readonly colours?: readonly Colour[];
}

export interface Size {
  readonly code: string;
  readonly name: string;
  readonly factor: number;
}

export const MAKES: Readonly<Record<string, Make>> = {
  ASH: { adjective: "Ash", finish: "ash", factor: 100, text: "Turned from pale ash and oiled." },
  OAK: { adjective: "Oak", finish: "oak", factor: 120, text: "Made from oak of managed forests." },
  WALNUT: { adjective: "Walnut", finish: "walnut", factor: 145, text: "Dark walnut, waxed by hand." },
  BAMBOO: { adjective: "Bamboo", finish: "bamboo", factor: 85, text: "Bamboo, light and hard as oak." },
  CORK: { adjective: "Cork", finish: "cork", factor: 80, text: "Portuguese cork, warm to the touch." },
  STONE: {
    adjective: "Stoneware",
    finish: "stoneware",
    factor: 110,
    text: "Fired twice, with a matt glaze.",
  },
  CHINA: { adjective: "Porcelain", finish: "porcelain", factor: 130, text: "Thin porcelain that rings." },
  TERRA: { adjective: "Terracotta", finish: "terracotta", factor: 90, text: "Red clay, left as it comes." },
  STEEL: { adjective: "Steel", finish: "steel", factor: 130, text: "Brushed steel that does not rust." },
  BRASS: {
    adjective: "Brass",
    finish: "brass",
    factor: 160,
    text: "Solid brass that darkens with the years.",
  },
  COPPER: {
    adjective: "Copper",
    finish: "copper",
    factor: 170,
    text: "Hammered copper, tinned where it must be.",
  },
  IRON: { adjective: "Iron", finish: "iron", factor: 115, text: "Cast iron with a black finish." },
  GLASS: { adjective: "Glass", finish: "glass", factor: 140, text: "Blown by hand, so no two are the same." },
  LINEN: {
    adjective: "Linen",
    finish: "linen",
    factor: 125,
    text: "Washed European linen, softer every year.",
  },
  COTTON: {
    adjective: "Cotton",
    finish: "cotton",
    factor: 100,
    text: "Organic cotton; washes at 60 degrees.",
  },
  WOOL: { adjective: "Wool", finish: "wool", factor: 150, text: "New wool of Norwegian sheep." },
  LEATHER: { adjective: "Leather", finish: "leather", factor: 165, text: "Vegetable-tanned leather." },
  PAPER: { adjective: "Paper", finish: "paper", factor: 70, text: "Heavy recycled paper." },
  WILLOW: { adjective: "Willow", finish: "willow", factor: 105, text: "Woven from peeled willow." },
};

const size = (code: string, name: string, factor: number): Size => ({ code, name, factor });
const SIZES = [size("S", "Small", 100), size("M", "Medium", 130), size("L", "Large", 165)];
const PAIR = [size("S", "Small", 100), size("L", "Large", 150)];
const FORMATS = [size("A5", "A5", 100), size("A4", "A4", 140), size("A3", "A3", 185)];

/** As the first twelve goods of the shop are made. */
const CLASSIC = ["ASH", "OAK", "STONE", "STEEL", "GLASS"];
const WOODS = ["ASH", "OAK", "WALNUT", "BAMBOO"];
const METALS = ["STEEL", "BRASS", "COPPER", "IRON"];
const CERAMICS = ["STONE", "CHINA", "TERRA"];
const TEXTILES = ["LINEN", "COTTON", "WOOL"];

type Shop = Readonly<
  Record<string, { readonly name: string; readonly goods: Readonly<Record<string, Goods>> }>
>;

/** The demo shop: goods by the code that their SKUs begin with, in their categories. */
export const SHOP: Shop = {
  tableware: {
    name: "Tableware",
    goods: {
      MUG: {
        noun: "mug",
        shape: "mug",
        price: 1250,
        text: "Holds a third of a litre and sits well in the hand.",
        makes: CLASSIC,
      },
      BOWL: {
        noun: "bowl",
        shape: "bowl",
        price: 1690,
        text: "For soup, salad or a big breakfast.",
        makes: CLASSIC,
        sizes: SIZES,
      },
      COASTER: {
        noun: "set of four coasters",
        shape: "coaster",
        price: 990,
        text: "Wipes clean and does not stick to the glass.",
        makes: [...CLASSIC, "CORK", "LEATHER"],
      },
      TRAY: {
        noun: "serving tray",
        shape: "tray",
        price: 2480,
        text: "A raised edge and two handles keep everything on it.",
        makes: CLASSIC,
      },
      PLATE: {
        noun: "plate",
        shape: "plate",
        price: 1420,
        text: "Stacks low and keeps the sauce where it belongs.",
        makes: [...CERAMICS, "GLASS"],
        sizes: PAIR,
      },
      TUMBLER: {
        noun: "tumbler",
        shape: "tumbler",
        price: 950,
        text: "A quarter of a litre, with a heavy base.",
        makes: ["GLASS", "STONE", "STEEL", "COPPER"],
      },
      JUG: {
        noun: "jug",
        shape: "jug",
        price: 2890,
        text: "Pours a litre and a half without dripping.",
        makes: [...CERAMICS, "GLASS", "STEEL"],
      },
    },
  },
  kitchen: {
    name: "Kitchen",
    goods: {
      TEAPOT: {
        noun: "teapot",
        shape: "teapot",
        price: 3400,
        text: "Pours without a drop and keeps three cups warm.",
        makes: CLASSIC,
      },
      BOARD: {
        noun: "cutting board",
        shape: "board",
        price: 2790,
        text: "Thick enough to stay flat, kind to sharp knives.",
        makes: WOODS,
        sizes: SIZES,
      },
      PAN: {
        noun: "saucepan",
        shape: "pan",
        price: 5490,
        text: "For two litres; heats evenly on any hob.",
        makes: ["STEEL", "COPPER", "IRON"],
        sizes: PAIR,
      },
      JAR: {
        noun: "storage jar",
        shape: "jar",
        price: 1890,
        text: "A tight lid keeps coffee, flour and biscuits fresh.",
        makes: ["GLASS", ...CERAMICS, "STEEL"],
        sizes: SIZES,
      },
      MILL: {
        noun: "pepper mill",
        shape: "mill",
        price: 3650,
        text: "A ceramic grinder, from dust to coarse.",
        makes: [...WOODS, "STEEL"],
      },
    },
  },
  lighting: {
    name: "Lighting",
    goods: {
      LAMP: {
        noun: "desk lamp",
        shape: "lamp",
        price: 5900,
        text: "Lights the page and not the room; dims by touch.",
        makes: CLASSIC,
      },
      FLOORLAMP: {
        noun: "floor lamp",
        shape: "floor-lamp",
        price: 12900,
        text: "Reads over your shoulder; a foot switch dims it.",
        makes: ["OAK", "WALNUT", "BRASS", "STEEL"],
      },
      PENDANT: {
        noun: "pendant light",
        shape: "pendant",
        price: 8900,
        text: "Two metres of cable, and a warm cone of light.",
        makes: [...METALS, "GLASS"],
        sizes: PAIR,
      },
      CANDLE: {
        noun: "candle holder",
        shape: "candle",
        price: 1990,
        text: "For table candles of 22 millimetres.",
        makes: [...METALS, "GLASS", "STONE"],
      },
      LANTERN: {
        noun: "lantern",
        shape: "lantern",
        price: 3990,
        text: "Keeps a candle alive on a windy terrace.",
        makes: METALS,
        sizes: PAIR,
      },
    },
  },
  furniture: {
    name: "Furniture",
    goods: {
      STOOL: {
        noun: "stool",
        shape: "stool",
        price: 7900,
        text: "Carries 120 kg and stacks to save space.",
        makes: CLASSIC,
      },
      CHAIR: {
        noun: "chair",
        shape: "chair",
        price: 14900,
        text: "A curved back for evenings that grow long.",
        makes: ["ASH", "OAK", "WALNUT"],
        colours: ["snow", "ink", "moss"],
      },
      TABLE: {
        noun: "side table",
        shape: "table",
        price: 17900,
        text: "Half a metre across, for a cup and a book.",
        makes: [...WOODS, "STEEL"],
      },
      BENCH: {
        noun: "bench",
        shape: "bench",
        price: 19900,
        text: "Seats three, or holds a week of shoes.",
        makes: ["ASH", "OAK", "WALNUT"],
        sizes: [size("120", "120 cm", 100), size("160", "160 cm", 130)],
      },
      SHELF: {
        noun: "wall shelf",
        shape: "shelf",
        price: 6900,
        text: "With hidden brackets that carry 25 kg.",
        makes: WOODS,
        sizes: [size("60", "60 cm", 100), size("90", "90 cm", 135), size("120", "120 cm", 165)],
      },
    },
  },
  storage: {
    name: "Storage",
    goods: {
      BOX: {
        noun: "storage box",
        shape: "box",
        price: 1490,
        text: "With a lid that closes tight.",
        makes: [...CLASSIC, "PAPER"],
        sizes: SIZES,
      },
      BASKET: {
        noun: "basket",
        shape: "basket",
        price: 2690,
        text: "For blankets, toys or logs.",
        makes: ["WILLOW", "BAMBOO", "COTTON", "IRON"],
        sizes: SIZES,
      },
      RAIL: {
        noun: "coat rail",
        shape: "rail",
        price: 4290,
        text: "Five hooks, and screws for any wall.",
        makes: [...WOODS, "STEEL"],
      },
    },
  },
  decoration: {
    name: "Decoration",
    goods: {
      VASE: {
        noun: "vase",
        shape: "vase",
        price: 2950,
        text: "Tall enough for tulips, heavy enough not to tip.",
        makes: CLASSIC,
      },
      FRAME: {
        noun: "picture frame",
        shape: "frame",
        price: 1980,
        text: "Fits prints of 30 by 40 centimetres.",
        makes: CLASSIC,
      },
      CLOCK: {
        noun: "wall clock",
        shape: "clock",
        price: 4550,
        text: "Runs silently and sets itself by radio.",
        makes: CLASSIC,
      },
      MIRROR: {
        noun: "mirror",
        shape: "mirror",
        price: 8490,
        text: "An oval to look into before you go.",
        makes: ["OAK", "WALNUT", "BRASS", "IRON"],
        sizes: PAIR,
      },
    },
  },
  textiles: {
    name: "Textiles",
    goods: {
      CUSHION: {
        noun: "cushion",
        shape: "cushion",
        price: 2990,
        text: "A feather filling that springs back.",
        makes: [...TEXTILES, "LEATHER"],
        sizes: PAIR,
        colours: ["sage", "rose", "mustard"],
      },
      BLANKET: {
        noun: "blanket",
        shape: "blanket",
        price: 5990,
        text: "Large enough to share, with a fringe.",
        makes: TEXTILES,
        colours: ["sand", "sky", "clay", "ink"],
      },
      RUG: {
        noun: "rug",
        shape: "rug",
        price: 9900,
        text: "Woven flat, so that doors open over it.",
        makes: ["COTTON", "WOOL", "LINEN"],
        sizes: SIZES,
      },
      TOWEL: {
        noun: "towel",
        shape: "towel",
        price: 1790,
        text: "Dries fast and thirsty at once.",
        makes: ["COTTON", "LINEN", "BAMBOO"],
        colours: ["snow", "sage", "sky", "rose"],
      },
    },
  },
  desk: {
    name: "Desk",
    goods: {
      BOOKEND: {
        noun: "bookend",
        shape: "bookend",
        price: 1150,
        text: "Holds a metre of books upright.",
        makes: CLASSIC,
      },
      NOTEBOOK: {
        noun: "notebook",
        shape: "notebook",
        price: 1290,
        text: "192 dotted pages that lie flat, and a ribbon.",
        makes: ["PAPER", "LINEN", "LEATHER", "CORK"],
        sizes: FORMATS.slice(0, 2),
        colours: ["ink", "clay", "moss"],
      },
      PENPOT: {
        noun: "pen pot",
        shape: "pen-pot",
        price: 1590,
        text: "Wide enough for scissors and a ruler.",
        makes: [...CERAMICS, "OAK", "WALNUT", "STEEL"],
      },
      PRINT: {
        noun: "print in a frame",
        shape: "frame",
        price: 3490,
        text: "Mountains and a sun, printed in three colours.",
        makes: ["ASH", "OAK", "WALNUT"],
        sizes: FORMATS,
      },
    },
  },
  bath: {
    name: "Bath",
    goods: {
      DISPENSER: {
        noun: "soap dispenser",
        shape: "dispenser",
        price: 1990,
        text: "A pump that does not clog, for 300 millilitres.",
        makes: [...CERAMICS, "GLASS", "STEEL"],
      },
      SOAPDISH: {
        noun: "soap dish",
        shape: "soap-dish",
        price: 1190,
        text: "Drains, so that the soap lasts.",
        makes: [...CERAMICS, "BAMBOO", "WALNUT"],
      },
      BATHMAT: {
        noun: "bath mat",
        shape: "rug",
        price: 2990,
        text: "Soft under wet feet; does not slip.",
        makes: ["COTTON", "BAMBOO", "CORK"],
      },
    },
  },
  garden: {
    name: "Garden",
    goods: {
      PLANTER: {
        noun: "planter",
        shape: "planter",
        price: 2190,
        text: "With a hole for the water and a saucer.",
        makes: [...CERAMICS, "STEEL", "WILLOW"],
        sizes: SIZES,
      },
      CAN: {
        noun: "watering can",
        shape: "watering-can",
        price: 3490,
        text: "Balanced when full; a rose for seedlings.",
        makes: ["STEEL", "COPPER", "BRASS"],
      },
      BIRDHOUSE: {
        noun: "birdhouse",
        shape: "birdhouse",
        price: 3290,
        text: "An entrance of 32 millimetres, just right for tits.",
        makes: WOODS,
        colours: ["mustard", "sky"],
      },
    },
  },
  bags: {
    name: "Bags",
    goods: {
      TOTE: {
        noun: "tote bag",
        shape: "tote",
        price: 2490,
        text: "Carries a week's shopping, folds to nothing.",
        makes: ["COTTON", "LINEN", "LEATHER"],
        colours: ["sand", "ink", "clay"],
      },
      BACKPACK: {
        noun: "backpack",
        shape: "backpack",
        price: 7990,
        text: "A padded sleeve for a laptop of 15 inches.",
        makes: ["COTTON", "LINEN", "WOOL", "LEATHER"],
        colours: ["moss", "ink", "mustard"],
      },
      WALLET: {
        noun: "wallet",
        shape: "wallet",
        price: 3490,
        text: "Six cards and some folded notes.",
        makes: ["LEATHER", "CORK", "LINEN"],
        colours: ["clay", "ink"],
      },
    },
  },
};
