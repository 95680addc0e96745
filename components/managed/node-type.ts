import { nearest } from "../../nearest.ts";
import { SettingsError } from "../../settings/error.ts";

/** What a service of AWS calls the machines that it runs on: a prefix, a family and a size. */
interface Catalogue {
  readonly prefix: string;
  readonly families: readonly string[];
  readonly sizes: readonly string[];
  /** One that is right. */
  readonly example: { readonly family: string; readonly size: string };
}

const multiples = (...numbers: readonly number[]): string[] => [
  "xlarge",
  ...numbers.map((multiple) => `${multiple}xlarge`),
];

/** Nodes that ElastiCache offers. */
const ELASTICACHE: Catalogue = {
  prefix: "cache",
  families: ["t3", "t4g", "m5", "m6g", "m7g", "m8g", "r5", "r6g", "r6gd", "r7g", "r8g", "c7gn"],
  sizes: ["micro", "small", "medium", "large", ...multiples(2, 4, 8, 12, 16, 24)],
  example: { family: "t4g", size: "small" },
};

/** Nodes that Amazon MQ offers for RabbitMQ 4. */
const AMAZON_MQ: Catalogue = {
  prefix: "mq",
  families: ["m7g"],
  sizes: ["medium", "large", ...multiples(2, 4, 8, 12, 16)],
  example: { family: "m7g", size: "large" },
};

/**
 * Checks the type of ElastiCache's nodes.
 *
 * @param place What messages call the value.
 * @throws {SettingsError} for a family or size that nobody knows, with the nearest one that is known.
 */
export const checkNodeType = (place: string, type: string): void => check(place, type, ELASTICACHE);

/** The same for a broker's nodes at Amazon MQ. */
export const checkBrokerType = (place: string, type: string): void => check(place, type, AMAZON_MQ);

function check(place: string, type: string, { prefix, families, sizes, example }: Catalogue): void {
  const refuse = (problem: string): never => {
    throw new SettingsError(`${place}: ${JSON.stringify(type)} ${problem}`);
  };
  const [first, family = "", size = "", ...more] = type.split(".");
  if (first !== prefix || more.length > 0) {
    refuse(`is no type of nodes; write it like ${prefix}.${example.family}.${example.size}`);
  }
  if (!families.includes(family)) {
    refuse(`is of no known family; write ${prefix}.${nearest(family, families) ?? example.family}.${size}`);
  }
  if (!sizes.includes(size)) {
    refuse(`is of no known size; write ${prefix}.${family}.${nearest(size, sizes) ?? example.size}`);
  }
}
