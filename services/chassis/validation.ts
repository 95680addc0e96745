import type { FastifySchemaCompiler, FastifySchemaValidationError } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";

/** So many problems of one request are told at the most. */
const MAX_ERRORS = 20;

/**
 * Lets Fastify check requests by compiled TypeBox schemas. Bodies are taken as they are; path, query and header
 * values, which are always text, are converted first and get their defaults.
 */
export const typeBoxCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const isText = httpPart !== "body";
  return (input: unknown) => {
    const value = isText ? Value.Default(schema, Value.Convert(schema, input)) : input;
    return validator.Check(value) ? { value } : { error: validator.Errors(value).slice(0, MAX_ERRORS) };
  };
};

/** One field of a request that is not as it must be. */
export interface FieldError {
  readonly in: string;
  readonly pointer: string;
  readonly detail: string;
}

/**
 * Names the fields of a request that failed validation.
 *
 * @param part Part of the request: `body`, `querystring`, `params` or `headers`.
 * @param errors What the validator found.
 * @returns One entry a field, so that a form can show each beside its input.
 */
export function fieldErrors(part: string, errors: readonly FastifySchemaValidationError[]): FieldError[] {
  const found = new Map<string, FieldError>();
  const add = (pointer: string, detail: string) => {
    if (!found.has(pointer)) found.set(pointer, { in: part, pointer, detail });
  };
  for (const { keyword, instancePath, params, message } of errors) {
    const pointer = `#${instancePath}`;
    const missing: unknown = params.requiredProperties;
    const unknown: unknown = params.additionalProperties;
    if (keyword === "required" && Array.isArray(missing)) {
      for (const name of missing) add(`${pointer}/${name}`, "is missing");
    } else if (keyword === "additionalProperties" && Array.isArray(unknown)) {
      for (const name of unknown) add(`${pointer}/${name}`, "is not a known field");
    } else if (keyword !== "boolean") {
      // "boolean" is the inner half of "additionalProperties", which says it better.
      add(pointer, message ?? "is not valid");
    }
  }
  return [...found.values()];
}
