/** Takes out of what is logged whatever opens an account, pays, or tells who somebody is and where they live. */

import { isIP } from "node:net";

const SECRET = "[secret]";
const PERSONAL = "[personal]";
const CARD = "[card number]";
const EMAIL = "[e-mail]";

/** Parts of the names of fields that hold what opens something. */
const SECRET_NAME = /password|passphrase|secret|token|cookie|authorization|credential|apikey|privatekey/;
/** Names of fields that tell of a person, or of their card. */
const PERSONAL_NAMES: ReadonlySet<string> = new Set([
  "email",
  "name",
  "firstname",
  "lastname",
  "fullname",
  "recipient",
  "street",
  "city",
  "postalcode",
  "zip",
  "phone",
  "phonenumber",
  "mobile",
  "birthdate",
  "iban",
  "cardnumber",
  "pan",
  "cvc",
  "cvv",
]);
/** What a database error quotes of the row or the statement that it is about. */
const QUOTING = ["detail", "where", "hint", "internalQuery"];
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * The same value without secrets and personal data, at any depth: in fields by their names, and in every text by what
 * it looks like.
 *
 * @param value Anything that JSON can hold.
 */
export function redact(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "number") return isCardNumber(String(value)) ? CARD : value;
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== "object" || value === null) return value;
  const isOfDatabase = "code" in value && typeof value.code === "string" && SQLSTATE.test(value.code);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (isOfDatabase && QUOTING.includes(name)) return [name, PERSONAL];
      return [redactText(name), hiddenAs(name, inner) ?? redact(inner)];
    }),
  );
}

/** What stands for the value of a field that is not to be seen; undefined where its name gives no reason. */
function hiddenAs(name: string, value: unknown): string | undefined {
  if (value === null || typeof value === "boolean") return undefined;
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  if (SECRET_NAME.test(plain)) return SECRET;
  if (PERSONAL_NAMES.has(plain)) return PERSONAL;
  // Those of computers are needed to find out who attacks, and which server does not answer.
  if (plain.endsWith("address") && !(typeof value === "string" && isIP(value) > 0)) return PERSONAL;
  return undefined;
}

/** The user and password in `amqp://user:password@host`. */
const URL_CREDENTIALS = /(?<=:\/\/)[^\s/@]+(?=@)/g;
const EMAIL_ADDRESS = /[^\s@"<>()[\],;:\\]{1,64}@[\p{L}\p{N}.-]+\.\p{L}[\p{L}\p{N}-]*/gu;
const HTTP_CREDENTIALS = /(?<=\b(?:bearer|basic) )[\w.~+/-]+=*/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** The same text without addresses of mail, numbers of cards, and credentials. */
export const redactText = (text: string): string =>
  withoutCards(
    text
      .replaceAll(URL_CREDENTIALS, SECRET)
      .replaceAll(HTTP_CREDENTIALS, SECRET)
      .replaceAll(JSON_WEB_TOKEN, SECRET)
      .replaceAll(EMAIL_ADDRESS, EMAIL),
  );

/** An id, which is left alone, or groups of digits that are written as those of a card are: with one space or dash. */
const DIGITS =
  /(?<id>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)|(?<![\p{L}\p{N}_])\d+(?:[ \u00a0-]\d+)*(?![\p{L}\p{N}_])/giu;

const withoutCards = (text: string): string =>
  text.replaceAll(DIGITS, (run: string, id: string | undefined) =>
    id === undefined ? withoutCard(run) : run,
  );

/** Some digits, and where in the text they are. */
interface Group {
  readonly digits: string;
  readonly index: number;
}

/** Looks for a card's number in every row of neighbouring groups: others may stand before it and after it. */
function withoutCard(run: string): string {
  const groups = [...run.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, index }));
  let text = "";
  let done = 0;
  for (const [first, { index }] of groups.entries()) {
    const end = index < done ? undefined : endOfCard(groups, first);
    if (end === undefined) continue;
    text += run.slice(done, index) + CARD;
    done = end;
  }
  return text + run.slice(done);
}

/** Where the card's number ends that begins with a group; undefined where none does. */
function endOfCard(groups: readonly Group[], first: number): number | undefined {
  let digits = "";
  for (let next = first; digits.length < MAX_DIGITS; next++) {
    const group = groups[next];
    if (group === undefined) return undefined;
    digits += group.digits;
    if (isCardNumber(digits)) return group.index + group.digits.length;
  }
  return undefined;
}

const MAX_DIGITS = 19;
/** Cards of all networks that sell to shoppers begin with one of these. Times in milliseconds begin with a 1. */
const CARD_DIGITS = /^[2-6]\d{12,18}$/;

/** Whether digits may be the number of a card: by their count, their beginning and their check digit (Luhn). */
export function isCardNumber(digits: string): boolean {
  if (!CARD_DIGITS.test(digits)) return false;
  let sum = 0;
  for (const [place, digit] of [...digits].reverse().entries()) {
    const weighted = Number(digit) * (place % 2 === 0 ? 1 : 2);
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** The same for one line of a log as it is about to be written. */
export function redactLine(line: string): string {
  try {
    return `${JSON.stringify(redact(JSON.parse(line)))}\n`;
  } catch {
    // Rather a line that can hardly be read than one that tells too much.
    return redactText(line);
  }
}
