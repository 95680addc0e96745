import { CERAMICS, CLASSIC, PAIR, type Shop, SIZES, WOODS } from "./makes.ts";

/** What the demo shop has for the table and the kitchen. */
export const TABLE: Shop = {
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
      CUP: {
        noun: "espresso cup",
        shape: "mug",
        price: 890,
        text: "Small, thick and warm to the last sip.",
        makes: ["STONE", "CHINA", "GLASS"],
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
};
