import { isIPv4 } from "node:net";

/** A range of IPv4 addresses. */
export interface Network {
  /** Its first address as a number. */
  readonly base: number;
  /** How many addresses it has. */
  readonly size: number;
  /** Whether the address that it was read from is its first or last one, which no machine can have. */
  readonly reserved: boolean;
}

/**
 * Reads an address with the length of its network's prefix.
 *
 * @returns Undefined where the text is none.
 * @example parseNetwork("10.0.1.10/24") // { base: 167772416, size: 256, reserved: false }
 */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", prefix = "", ...more] = text.split("/");
  if (!isIPv4(address) || !/^(?:[1-9]|[12]\d|3[0-2])$/.test(prefix) || more.length > 0) return undefined;
  const size = 2 ** (32 - Number(prefix));
  const offset = numberOf(address) % size;
  return {
    base: numberOf(address) - offset,
    size,
    // Networks of two or one have no address of their own (RFC 3021).
    reserved: size > 2 && (offset === 0 || offset === size - 1),
  };
}

/** Whether an IPv4 address is in a network. */
export function contains({ base, size }: Network, address: string): boolean {
  const number = numberOf(address);
  return number >= base && number < base + size;
}

/** The address without its prefix. */
export function hostOf(text: string): string {
  return text.split("/", 1)[0] ?? text;
}

function numberOf(address: string): number {
  return address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}
