import type { Static } from "typebox";
import type { ReviewRequest } from "../../contracts/review-api.ts";

/** A review of the demo shop, and who wrote it about what. */
export interface DemoReview {
  readonly userId: string;
  readonly productId: string;
  readonly review: Static<typeof ReviewRequest>;
}

/** Products of the demo shop that somebody thinks something of; most have no review, as in any young shop. */
export const DEMO_PRODUCTS = [
  "glass-vase",
  "copper-saucepan",
  "porcelain-pen-pot",
  "brass-pendant-light",
  "walnut-coat-rail",
  "stoneware-soap-dish",
  "cotton-bath-mat",
  "glass-bowl",
  "walnut-cutting-board",
  "glass-mug",
  "iron-saucepan",
  "brass-mirror",
  "walnut-side-table",
  "stoneware-vase",
  "terracotta-planter",
  "brass-watering-can",
  "paper-notebook",
  "leather-notebook",
  "glass-candle-holder",
  "terracotta-jug",
  "stoneware-serving-tray",
  "stoneware-wall-clock",
  "cotton-towel",
  "copper-lantern",
  "glass-tumbler",
  "leather-wallet",
  "walnut-mirror",
  "leather-tote-bag",
  "glass-espresso-cup",
  "walnut-chair",
] as const;

/** Nobody has these accounts: the last digits are all that differs. */
const BUYERS = ["Alex", "Billie", "Charlie", "Dana", "Eden", "Frances", "Gene", "Harper"].map(
  (name, index) => ({ name, id: `00000000-0000-7000-8000-00000000000${index + 1}` }),
);

/** What is said about anything, by stars from 1 to 5. */
const WORDS: readonly (readonly [title: string, text: string])[] = [
  ["Not for me", "It came broken. The money was back within the week, though."],
  ["Smaller than I thought", "Nice to look at, but read the measures before you order."],
  ["Does what it should", "No more and no less."],
  ["Well made", "Good material, good finish. The parcel took a day longer than promised."],
  ["Would buy it again", "It is in use every day and looks as it did on the first."],
];
/** More like it than not. */
const STARS = [5, 4, 5, 3, 4, 5, 2, 4, 5, 1, 5, 4, 3, 5] as const;

/** Every review says that it is none of a person's: nobody is to be led to think that somebody has tried these goods. */
export const demoReviews = (): DemoReview[] =>
  DEMO_PRODUCTS.flatMap((productId, product) =>
    BUYERS.slice(0, 1 + ((product * 5) % BUYERS.length)).map(({ id: userId, name }, buyer) => {
      const stars = STARS[(product * 3 + buyer) % STARS.length] ?? 5;
      const [title, text] = WORDS[stars - 1] ?? ["", ""];
      return {
        userId,
        productId,
        review: { stars, title, text: `${text} (Made up for the demo shop.)`, author: `${name}, demo buyer` },
      };
    }),
  );
