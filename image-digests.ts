/**
 * The content that each public image had when it was last looked at, by its reference: the digest of the index that
 * leads to all its architectures. Written by `npm run digests`. An image that is not here is looked up at deployment.
 */
export const IMAGE_DIGESTS: Readonly<Record<string, string>> = {};
