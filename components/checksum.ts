import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/**
 * A short checksum of a value, whatever the order of its keys.
 *
 * @param value Anything that JSON can hold.
 * @returns 16 hexadecimal digits.
 */
export function checksum(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex").slice(0, 16);
}

/** The same of a value that is known later. It is secret where the value is. */
export function checksumOf<T>(value: pulumi.Input<T>): pulumi.Output<string> {
  return pulumi.output<T>(value).apply((known) => checksum(known));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
