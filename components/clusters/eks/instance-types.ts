import { nearest } from "../../../nearest.ts";
import { SettingsError } from "../../../settings/error.ts";

/** Processors that images are built for, as container platforms name them. */
export type Architecture = "amd64" | "arm64";

/**
 * Families of instances that run containers without hardware of their own kind, by processor. The catalogue of AWS
 * grows: what is missing here is added here.
 */
const FAMILIES: Readonly<Record<Architecture, readonly string[]>> = {
  amd64: [
    ...["t3", "t3a"],
    ...[
      "m5",
      "m5a",
      "m5d",
      "m5n",
      "m6a",
      "m6i",
      "m6id",
      "m6in",
      "m7a",
      "m7i",
      "m7i-flex",
      "m8a",
      "m8i",
      "m8i-flex",
    ],
    ...[
      "c5",
      "c5a",
      "c5d",
      "c5n",
      "c6a",
      "c6i",
      "c6id",
      "c6in",
      "c7a",
      "c7i",
      "c7i-flex",
      "c8a",
      "c8i",
      "c8i-flex",
    ],
    ...[
      "r5",
      "r5a",
      "r5d",
      "r5n",
      "r6a",
      "r6i",
      "r6id",
      "r6in",
      "r7a",
      "r7i",
      "r7iz",
      "r8a",
      "r8i",
      "r8i-flex",
    ],
    ...["i3", "i3en", "i4i", "i7i", "i7ie", "x2iedn", "z1d"],
  ],
  arm64: [
    ...["t4g"],
    ...["m6g", "m6gd", "m7g", "m7gd", "m8g", "m8gd"],
    ...["c6g", "c6gd", "c6gn", "c7g", "c7gd", "c7gn", "c8g", "c8gd", "c8gn"],
    ...["r6g", "r6gd", "r7g", "r7gd", "r8g", "r8gd"],
    ...["i4g", "i8g", "im4gn", "is4gen", "x2gd"],
  ],
};
/** A node has to hold the system's own pods before it holds any other. */
const TOO_SMALL = ["nano", "micro", "small"];
const MULTIPLES = [1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 48, 96];
const SIZES = [
  "medium",
  "large",
  ...MULTIPLES.map((multiple) => `${multiple === 1 ? "" : multiple}xlarge`),
  "metal",
  "metal-24xl",
  "metal-48xl",
];

/**
 * The processor of a type of instance.
 *
 * @param place What messages call the value.
 * @param type Such as `m7i.large`.
 * @throws {SettingsError} for a family or size that nobody knows, with the nearest one that is known.
 * @example architectureOf("instanceTypes[0]", "m8g.large") // "arm64"
 */
export function architectureOf(place: string, type: string): Architecture {
  const refuse = (problem: string): never => {
    throw new SettingsError(`${place}: ${JSON.stringify(type)} ${problem}`);
  };
  const [family = "", size, ...more] = type.split(".");
  if (size === undefined || more.length > 0) return refuse("is no type of instance; write it like m7i.large");
  const known = Object.values(FAMILIES).flat();
  if (!known.includes(family)) {
    refuse(`is of no known family${orRather(nearest(family, known), (meant) => `${meant}.${size}`)}`);
  }
  if (TOO_SMALL.includes(size)) refuse(`is too small for a node; write ${family}.medium or a larger one`);
  if (!SIZES.includes(size)) {
    refuse(`is of no known size${orRather(nearest(size, SIZES), (meant) => `${family}.${meant}`)}`);
  }
  return FAMILIES.arm64.includes(family) ? "arm64" : "amd64";
}

/**
 * The processor that all of several types have.
 *
 * @throws {SettingsError} where there is no type, or where they differ: a group has one machine image.
 */
export function commonArchitecture(place: string, types: readonly string[]): Architecture {
  const [first, ...others] = types.map((type, index) => architectureOf(`${place}[${index}]`, type));
  if (first === undefined) {
    throw new SettingsError(`${place}: there is no type of instance; write at least one, such as m7i.large`);
  }
  const other = others.findIndex((architecture) => architecture !== first);
  if (other !== -1) {
    throw new SettingsError(
      `${place}[${other + 1}]: ${types[other + 1]} is ${others[other]} and ${types[0]} is ${first}; make a group for each`,
    );
  }
  return first;
}

function orRather(meant: string | undefined, written: (meant: string) => string): string {
  return meant === undefined ? "; write one like m7i.large" : `; write ${written(meant)}`;
}
