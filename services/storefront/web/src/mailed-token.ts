/** The token of a link in a mail. It follows the `#`, which browsers send to nobody. */
export const mailedToken = (fragment: string): string | undefined => /^#([\w-]{43})$/.exec(fragment)?.[1];
