import { ApiError } from "./api/errors.ts";

/** The text that a form's field holds, without the spaces around it. */
export function textOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** What a form's field holds, as it is: spaces are part of a password. */
export function secretOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}

/**
 * What an answer says about single fields.
 *
 * @returns By the last part of each field's pointer, such as `postalCode` of `#/shipTo/postalCode`.
 */
export function fieldErrorsOf(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiError)) return {};
  return Object.fromEntries(
    (error.problem.errors ?? []).map(({ pointer, detail }) => [pointer.split("/").at(-1) ?? "", detail]),
  );
}
