import { weakPassword } from "./problems.ts";

/**
 * What people choose most often, as lists of leaked passwords show, where it is long enough to be allowed at all.
 * Digits and signs at the end are taken off before it is looked up here.
 */
const COMMON = new Set([
  "1q2w3e4r5t6y",
  "1qaz2wsx3edc",
  "1qazxsw23edc",
  "abcdefghij",
  "administrator",
  "asdfasdfasdf",
  "asdfghjkl",
  "changeme",
  "correcthorsebatterystaple",
  "fuckyou",
  "iloveyou",
  "letmein",
  "liverpool",
  "motdepasse",
  "p@ssw0rd",
  "p@ssword",
  "passw0rd",
  "password",
  "passwort",
  "q1w2e3r4t5y6",
  "qazwsxedc",
  "qazwsxedcrfv",
  "qwerasdfzxcv",
  "qwertyuiop",
  "qwertzuiop",
  "trustno",
  "unbelievable",
  "welcome",
  "zaq12wsx",
  "zxcvbnm",
]);
/** Rows of keys and of the alphabet, both ways and beyond their ends. */
const ROWS = ["01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "asdfghjkl"];
const SEQUENCES = ROWS.flatMap((row) => [row, [...row].reverse().join("")]);

/**
 * Refuses passwords that are among everybody's first guesses. There are no rules about kinds of characters: they
 * make passwords worse (NIST SP 800-63B).
 *
 * @throws {Problem} 422 saying why.
 */
export function requireStrongPassword(password: string, email: string): void {
  const lower = password.normalize("NFKC").toLowerCase();
  if (lower === email || lower === email.slice(0, email.lastIndexOf("@"))) {
    throw weakPassword("is the e-mail address");
  }
  if (new Set(lower).size <= 3) throw weakPassword("repeats a few characters");
  if (SEQUENCES.some((sequence) => sequence.includes(lower)) || COMMON.has(withoutTail(lower))) {
    throw weakPassword("is one of the commonest");
  }
}

const withoutTail = (text: string): string => text.replace(/[^\p{L}]+$/u, "") || text;
