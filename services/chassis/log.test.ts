import { expect, test } from "vitest";
import { createLogger } from "./log.ts";
import { aboutOrder } from "./order-context.ts";
import { inTrace } from "./test/in-trace.ts";

const ORDER = "0b6f1e0a-93ad-4d7f-a61b-3b2f0f6d6c11";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

/** A logger, and the lines that it has written. */
function logging() {
  const lines: string[] = [];
  const log = createLogger(
    "info",
    { name: "order", version: "1", pod: "order-1" },
    { write: (line) => void lines.push(line) },
  );
  return { log, read: () => lines.map((line) => JSON.parse(line)) };
}

test("a line tells who wrote it, for which trace and for which order", () => {
  const { log, read } = logging();
  inTrace(`00-${TRACE}-00f067aa0ba902b7-01`, () =>
    aboutOrder(ORDER, () => log.info({ state: "paid" }, "done")),
  );
  log.info("later");
  expect(read()).toMatchObject([
    {
      level: "info",
      service: "order",
      pod: "order-1",
      traceId: TRACE,
      orderId: ORDER,
      state: "paid",
      msg: "done",
    },
    { msg: "later" },
  ]);
  expect(read()[1]).not.toHaveProperty("orderId");
});

test("an order is named by those lines only that are about it, also where many are worked on", async () => {
  const { log, read } = logging();
  const ids = Array.from({ length: 5 }, (_, digit) => ORDER.replace(/.$/, String(digit)));
  await Promise.all(
    ids.map((id) =>
      aboutOrder(id, async () => {
        await Promise.resolve();
        log.info({ expected: id }, "working");
      }),
    ),
  );
  expect(read().map(({ orderId }) => orderId)).toEqual(read().map(({ expected }) => expected));
});

test("nothing personal and nothing secret is written, whoever logs it and however", () => {
  const { log, read } = logging();
  const error = Object.assign(new Error("no mail to ann@shop.example"), {
    headers: { cookie: "refresh=abc" },
  });
  log.error({ err: error, card: { number: "4111 1111 1111 1111" } }, "for %s", "bob@shop.example");
  log.child({ password: "hunter2" }).info("4111111111111111");
  const [first, second] = read();
  expect(first).toMatchObject({
    msg: "for [e-mail]",
    card: { number: "[card number]" },
    err: { message: "no mail to [e-mail]", headers: { cookie: "[secret]" } },
  });
  expect(first.err.stack).toContain("no mail to [e-mail]");
  expect(second).toMatchObject({ password: "[secret]", msg: "[card number]" });
});
