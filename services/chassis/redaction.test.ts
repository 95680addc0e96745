import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isCardNumber, redact, redactLine, redactText } from "./redaction.ts";

/** Digits with the check digit that makes them a card's number. */
function withCheckDigit(digits: string): string {
  const last = [..."0123456789"].find((digit) => isCardNumber(digits + digit));
  return digits + last;
}
const cards = fc
  .tuple(fc.constantFrom("2", "3", "4", "5", "6"), fc.stringMatching(/^\d{11,17}$/))
  .map(([first, rest]) => withCheckDigit(first + rest));
/** The same as people and programs write it. */
const writtenCards = fc
  .tuple(cards, fc.constantFrom("", " ", "-", "\u00a0"), fc.constantFrom(4, 6))
  .map(([digits, separator, size]) => ({
    digits,
    written: (digits.match(new RegExp(`\\d{1,${size}}`, "g")) ?? []).join(separator),
  }));
/** Text around it that is no part of a word with it. */
const around = fc.string({ maxLength: 40 }).map((text) => ({ before: `${text} `, after: ` ${text}` }));

describe("a card's number", () => {
  test.each([
    "4111111111111111",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "378282246310005",
    "6304 0000 0000 0000",
    "2223003122003222",
  ])("%s is taken out", (number) => {
    expect(redactText(`paid with ${number}.`)).toBe("paid with [card number].");
  });

  test("is found in any text, however it is grouped", () => {
    fc.assert(
      fc.property(writtenCards, around, ({ digits, written }, { before, after }) => {
        const text = redactText(before + written + after);
        expect(text).not.toContain(written);
        expect(text.replaceAll(/\D/g, "")).not.toContain(digits);
      }),
    );
  });

  test("is found among other numbers", () => {
    fc.assert(
      fc.property(fc.nat(9999), writtenCards, fc.nat(99), (before, { written }, after) => {
        expect(redactText(`${before} ${written} ${after}`)).not.toContain(written);
      }),
    );
  });

  test("is found as a number and in the names of fields, at any depth", () => {
    expect(redact({ a: [{ b: 4111111111111111 }], "4111111111111111": 1 })).toEqual({
      a: [{ b: "[card number]" }],
      "[card number]": 1,
    });
  });

  test("is found each time, and what stands between two of them stays", () => {
    const [one, other] = ["4111 1111 1111 1111", "5500-0000-0000-0004"];
    expect(redactText(`${one} 7 ${other} 12`)).toBe("[card number] 7 [card number] 12");
  });

  test("is what no id, time, amount or price is", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.date({ noInvalidDate: true }), fc.nat(), (id, time, amount) => {
        const line = `order ${id} at ${time.toISOString()} (${time.getTime() % 2e12}) for ${amount}`;
        expect(redactText(line)).toBe(line);
      }),
    );
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    expect(redactText(trace)).toBe(trace);
  });
});

describe("personal data", () => {
  test("addresses of mail are taken out of any text", () => {
    fc.assert(
      fc.property(fc.emailAddress(), around, (email, { before, after }) => {
        const domain = email.slice(email.indexOf("@"));
        expect(redactText(before + email + after)).not.toContain(domain);
      }),
    );
    expect(redactText("Key (email)=(ann@shop.example) already exists.")).toBe(
      "Key (email)=([e-mail]) already exists.",
    );
    expect(redactText("müller@bücher.example, next")).toBe("[e-mail], next");
    expect(redactText("at /app/node_modules/@fastify/x.js, pino@10.4.0")).toContain(
      "@fastify/x.js, pino@10.4.0",
    );
  });

  test("fields that tell of a person are taken out, and computers' addresses stay", () => {
    const person = { name: "Ann", street: "1 Main St", city: "York", postalCode: "YO1", country: "GB" };
    expect(redact({ to: person, phone: 12345, address: person, clientAddress: "10.0.0.1" })).toEqual({
      to: {
        name: "[personal]",
        street: "[personal]",
        city: "[personal]",
        postalCode: "[personal]",
        country: "GB",
      },
      phone: "[personal]",
      address: "[personal]",
      clientAddress: "10.0.0.1",
    });
    expect(redact({ address: "::1", err: { address: "1 Main Street" } })).toEqual({
      address: "::1",
      err: { address: "[personal]" },
    });
  });

  test("what a database error quotes of a row is taken out", () => {
    expect(redact({ code: "23505", detail: "Key (name)=(Ann) exists", table: "accounts" })).toEqual({
      code: "23505",
      detail: "[personal]",
      table: "accounts",
    });
  });
});

describe("secrets", () => {
  const names = [
    "password",
    "newPassword",
    "access_token",
    "Set-Cookie",
    "authorization",
    "client-secret",
    "apiKey",
  ];

  test("are taken out by the names of their fields, at any depth", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ minLength: 3 }), fc.nat(5), (name, value, depth) => {
        let logged: unknown = { [name]: `<${value}>` };
        for (let level = 0; level < depth; level++) logged = level % 2 ? [logged] : { inner: logged };
        expect(JSON.stringify(redact(logged))).not.toContain(JSON.stringify(`<${value}>`).slice(1, -1));
      }),
    );
  });

  test.each([
    ["amqp://user:pass@rabbitmq:5672", "amqp://[secret]@rabbitmq:5672"],
    ["sent Authorization: Bearer abc.def-123==", "sent Authorization: Bearer [secret]"],
    ["token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln end", "token [secret] end"],
  ])("%s: is taken out of a text", (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});

test("what is harmless stays to the letter", () => {
  const harmless = { level: "info", service: "order", port: 8080, ok: true, none: null, lines: ["a", "b"] };
  expect(redact(harmless)).toEqual(harmless);
});

test("a line that is no JSON is redacted as a text", () => {
  expect(redactLine('{"half": "ann@shop.example')).toBe('{"half": "[e-mail]');
});
