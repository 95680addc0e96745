/** A product of the demo shop, with its first stock. */
export interface DemoProduct {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly price: number;
  readonly available: number;
}

interface Goods {
  readonly code: string;
  readonly noun: string;
  /** In euro cents, for the plainest make. */
  readonly price: number;
  readonly text: string;
}

interface Make {
  readonly code: string;
  readonly adjective: string;
  /** Per cent of the goods' price. */
  readonly factor: number;
  readonly text: string;
}

const GOODS: readonly Goods[] = [
  { code: "TEAPOT", noun: "teapot", price: 3400, text: "Pours without a drop and keeps three cups warm." },
  { code: "MUG", noun: "mug", price: 1250, text: "Holds a third of a litre and sits well in the hand." },
  { code: "BOWL", noun: "bowl", price: 1690, text: "For soup, salad or a big breakfast." },
  { code: "LAMP", noun: "desk lamp", price: 5900, text: "Lights the page and not the room; dims by touch." },
  { code: "CLOCK", noun: "wall clock", price: 4550, text: "Runs silently and sets itself by radio." },
  { code: "STOOL", noun: "stool", price: 7900, text: "Carries 120 kg and stacks to save space." },
  {
    code: "TRAY",
    noun: "serving tray",
    price: 2480,
    text: "A raised edge and two handles keep everything on it.",
  },
  { code: "VASE", noun: "vase", price: 2950, text: "Tall enough for tulips, heavy enough not to tip." },
  { code: "FRAME", noun: "picture frame", price: 1980, text: "Fits prints of 30 by 40 centimetres." },
  { code: "BOX", noun: "storage box", price: 1490, text: "With a lid that closes tight." },
  { code: "BOOKEND", noun: "bookend", price: 1150, text: "Holds a metre of books upright." },
  {
    code: "COASTER",
    noun: "set of four coasters",
    price: 990,
    text: "Wipes clean and does not stick to the glass.",
  },
];

const MAKES: readonly Make[] = [
  { code: "ASH", adjective: "Ash", factor: 100, text: "Turned from pale ash and oiled." },
  { code: "OAK", adjective: "Oak", factor: 120, text: "Made from oak of managed forests." },
  { code: "STONE", adjective: "Stoneware", factor: 110, text: "Fired twice, with a matt glaze." },
  { code: "STEEL", adjective: "Steel", factor: 130, text: "Brushed steel that does not rust." },
  { code: "GLASS", adjective: "Glass", factor: 140, text: "Blown by hand, so no two are the same." },
];

/** The currency of all demo prices. */
export const DEMO_CURRENCY = "EUR";

/** The products of the demo shop: each goods in each make, the same every time. */
export const demoProducts = (): DemoProduct[] =>
  GOODS.flatMap((goods, row) =>
    MAKES.map((make, column) => ({
      sku: `${goods.code}-${make.code}`,
      name: `${make.adjective} ${goods.noun}`,
      description: `${goods.text} ${make.text}`,
      // Prices end in 0 or 5 cents.
      price: Math.round((goods.price * make.factor) / 500) * 5,
      available: 100 + (((row * MAKES.length + column) * 37) % 400),
    })),
  );
