import fc from "fast-check";
import { expect, test } from "vitest";
import { Devices } from "./devices.ts";
import { SecretBox } from "./secret-box.ts";

const devices = new Devices(new SecretBox("a".repeat(43)));
const EMAIL = "robin@example.org";

test("a device is recognised for the account that it has logged in to, and for no other", () => {
  const cookie = devices.issue(EMAIL);
  const name = devices.recognise(cookie, EMAIL);
  expect(name).toMatch(/^[\w-]{22}$/);
  expect(devices.recognise(cookie, "marian@example.org")).toBeUndefined();
  expect(new Devices(new SecretBox("b".repeat(43))).recognise(cookie, EMAIL)).toBeUndefined();
  expect(devices.issue(EMAIL)).not.toBe(cookie);
});

test("nothing that is made up is recognised", () => {
  const cookies = fc.oneof(
    fc.constant(undefined),
    fc.string(),
    fc
      .tuple(fc.stringMatching(/^[\w-]{0,30}$/), fc.stringMatching(/^[\w-]{0,50}$/))
      .map((parts) => parts.join(".")),
  );
  fc.assert(fc.property(cookies, (cookie) => devices.recognise(cookie, EMAIL) === undefined));
});
