import { hash } from "node:crypto";

const INLINE_SCRIPT = /<script>([\s\S]*?)<\/script>/g;

/**
 * The headers on every answer. Only scripts, styles and pictures of this very origin are loaded, nothing is
 * embedded anywhere, and the page's few lines of inline script are named by their digest.
 *
 * @param page The HTML whose inline scripts may run.
 */
export function securityHeaders(page: string): Readonly<Record<string, string>> {
  const digests = [...page.matchAll(INLINE_SCRIPT)].map(
    ([, script = ""]) => `'sha256-${hash("sha256", script, "base64")}'`,
  );
  return {
    "content-security-policy": [
      "default-src 'none'",
      `script-src ${["'self'", ...digests].join(" ")}`,
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "manifest-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    // Addresses of pages may say what somebody looks for; no other site needs to know.
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
  };
}
