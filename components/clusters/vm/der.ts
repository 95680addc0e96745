/**
 * DER, the binary form that certificates have (ITU-T X.690): every value is a tag, a length and what it holds. Only what
 * certificates.ts needs of it.
 */

/** A value with this tag, made of these parts. */
export function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

/** Values in an order that means something. */
export const sequence = (...items: readonly Uint8Array[]): Buffer => tagged(0x30, ...items);

/** Values in none; with one there is nothing to sort. */
export const setOf = (item: Uint8Array): Buffer => tagged(0x31, item);

/** A number that is not negative, of its bytes in network order. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = first === -1 ? Buffer.from([0]) : bytes.subarray(first);
  // A leading bit that is set would say that the number is negative.
  const sign = (shortest[0] ?? 0) >= 0x80 ? [0] : [];
  return tagged(0x02, Buffer.from(sign), shortest);
}

export const TRUE = tagged(0x01, Buffer.from([0xff]));

/** Whole bytes as a string of bits. */
export const bitString = (bytes: Uint8Array): Buffer => tagged(0x03, Buffer.from([0]), bytes);

/** A few bits that are named, the first one being the highest; those at the end that are not set are left out. */
export function namedBits(...set: readonly number[]): Buffer {
  const highest = Math.max(...set);
  const bytes = Buffer.alloc(Math.floor(highest / 8) + 1);
  for (const bit of set) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return tagged(0x03, Buffer.from([7 - (highest & 7)]), bytes);
}

export const octetString = (bytes: Uint8Array): Buffer => tagged(0x04, bytes);

export const utf8String = (text: string): Buffer => tagged(0x0c, Buffer.from(text));

/** What a standard has given a number, such as `1.2.840.10045.4.3.2`. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
  return tagged(0x06, Buffer.from([40 * first + second, ...others.flatMap(base128)]));
}

/** A moment from 1950 to 2049, which are the years that two digits can say. */
export function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+Z$|[-:T]/g, "");
  return tagged(0x17, Buffer.from(`${digits.slice(2)}Z`));
}

function lengthOf({ length }: Uint8Array): number[] {
  if (length < 0x80) return [length];
  const bytes = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

/** Seven bits a byte; all but the last one say that another follows. */
function base128(number: number): number[] {
  const bytes = [number % 128];
  for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift(0x80 + (rest % 128));
  }
  return bytes;
}
