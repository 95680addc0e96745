import type { Colour, Finish, Shape } from "../drawing.ts";

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

/** Goods by the code that their SKUs begin with, in categories by their ids. */
export type Shop = Readonly<
  Record<string, { readonly name: string; readonly goods: Readonly<Record<string, Goods>> }>
>;

/** Makes by the code in SKUs. */
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

export const size = (code: string, name: string, factor: number): Size => ({ code, name, factor });
export const SIZES = [size("S", "Small", 100), size("M", "Medium", 130), size("L", "Large", 165)];
export const PAIR = [size("S", "Small", 100), size("L", "Large", 150)];
export const FORMATS = [size("A5", "A5", 100), size("A4", "A4", 140), size("A3", "A3", 185)];

/** As the first twelve goods of the shop are made. */
export const CLASSIC = ["ASH", "OAK", "STONE", "STEEL", "GLASS"];
export const WOODS = ["ASH", "OAK", "WALNUT", "BAMBOO"];
export const METALS = ["STEEL", "BRASS", "COPPER", "IRON"];
export const CERAMICS = ["STONE", "CHINA", "TERRA"];
export const TEXTILES = ["LINEN", "COTTON", "WOOL"];
