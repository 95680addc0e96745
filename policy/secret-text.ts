/** Finds texts that are likely to be secrets. It never answers the text itself. */

/** Names whose values are secrets. `_FILE`, `_PATH`, `_NAME` and the like at the end name something else. */
const SECRET_NAME =
  /(^|[-_.a-z])(password|passwd|passphrase|secret|token|credentials?|api[-_]?key|access[-_]?key|private[-_]?key|secret[-_]?key|master[-_]?key)$/i;

/** Texts that are secrets by their form. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  // A password that is put in later, $(NAME) or ${NAME}, is not there.
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:(?!\$[({])[^\s:/@]+@/i, "a URL with a password"],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, "an AWS access key"],
  [/\b(sk|rk)_(live|test)_[A-Za-z0-9]{10,}/, "a payment provider's key"],
  [/\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{30,}/, "a GitHub token"],
  [/\bxox[abposr]-[A-Za-z0-9-]{10,}/, "a Slack token"],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/, "a signed token (JWT)"],
];

/** Runs of letters that a key might be written in. Digests say what they are and are none. */
const WORD = /(?<!sha256:|sha512-)(?<![\w+=-])[\w+=-]{24,}/g;
const WHOLE_BASE64 = /^[A-Za-z0-9+/]{24,}={0,2}$/;
/** Bits per letter that text in a natural or programming language hardly ever reaches over such a length. */
const RANDOM_ENTROPY = 4.2;
const HEX = /^[0-9a-f]{32,}$/i;
const HEX_ENTROPY = 3.2;

/** Whether a value with this name is a secret, unless it is empty or only refers to one. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Whether a value holds nothing itself: empty, a flag, a number, a path, a reference to another variable. */
export function isHarmless(value: string): boolean {
  return /^(|true|false|on|off|none|\d+|\/[\w./-]*|\$[({][\w.-]+[)}])$/i.test(value.trim());
}

/**
 * What kind of secret a text seems to hold.
 *
 * @returns Words for a message, such as "a URL with a password"; undefined where nothing is suspicious.
 */
export function secretIn(text: string): string | undefined {
  const form = FORMS.find(([pattern]) => pattern.test(text));
  if (form !== undefined) return form[1];
  const whole = text.trim();
  const words = WHOLE_BASE64.test(whole) ? [whole] : (text.match(WORD) ?? []);
  return words.some(looksRandom) ? "what looks like a random key" : undefined;
}

function looksRandom(word: string): boolean {
  if (HEX.test(word)) return entropy(word.toLowerCase()) >= HEX_ENTROPY;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(word)).length;
  return kinds >= 2 && entropy(word) >= RANDOM_ENTROPY;
}

/** Shannon's entropy of a text, in bits per letter. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}
