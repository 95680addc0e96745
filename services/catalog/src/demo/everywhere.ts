import { CERAMICS, CLASSIC, FORMATS, PAIR, type Shop, SIZES, WOODS } from "./makes.ts";

/** What the demo shop has for the desk, the bath, the garden and the way. */
export const EVERYWHERE: Shop = {
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
      DOORMAT: {
        noun: "doormat",
        shape: "rug",
        price: 2590,
        text: "Keeps the garden out of the hall.",
        makes: ["WILLOW", "COTTON", "CORK"],
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
      LUNCHBOX: {
        noun: "lunch box",
        shape: "box",
        price: 2290,
        text: "Tight enough for soup; three compartments.",
        makes: ["STEEL", "BAMBOO", "GLASS"],
        sizes: PAIR,
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
