import type { Encoding } from "./site.ts";

/** The shortest first. */
const PREFERRED = ["br", "gzip"] as const;

/**
 * Chooses how a body is sent.
 *
 * @param accepted The request's `accept-encoding`.
 * @param available What there is of it.
 */
export function encodingFor(
  accepted: string | undefined,
  available: Readonly<Partial<Record<Encoding, unknown>>>,
): Encoding {
  const weights = new Map(
    (accepted ?? "").split(",").map((part) => {
      const [name = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)] as const;
    }),
  );
  const isWanted = (encoding: Encoding) => (weights.get(encoding) ?? weights.get("*") ?? 0) > 0;
  return PREFERRED.find((encoding) => encoding in available && isWanted(encoding)) ?? "identity";
}
