import { describe, expect, test } from "vitest";
import { UsageError } from "../../command-line/options.ts";
import { answers, byTime, type LogLine, readLine, showLine } from "./lines.ts";
import { parseLogsCommand, type Question } from "./question.ts";
import { lokiQuery, readAnswer } from "./sources.ts";

const ORDER = "0b6f1e0a-93ad-4d7f-a61b-3b2f0f6d6c11";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const all: Question = {
  service: undefined,
  traceId: undefined,
  orderId: undefined,
  security: false,
  seconds: 3600,
};
const line = (fields: object): LogLine => ({ text: JSON.stringify(fields), fields: { ...fields } });

describe("the command line", () => {
  test("says what is asked for, and where", () => {
    expect(parseLogsCommand([])).toEqual({ stack: "dev", context: undefined, json: false, question: all });
    const words = `--stack prod --service order --trace ${TRACE} --order ${ORDER.toUpperCase()} --since 2d --security --json`;
    expect(parseLogsCommand(words.split(" "))).toMatchObject({
      stack: "prod",
      json: true,
      question: { service: "order", traceId: TRACE, orderId: ORDER, security: true, seconds: 172_800 },
    });
  });

  test.each([
    [["--service", "ordr"], /"ordr" is not a known service; did you mean "order"\?/],
    [["--trace", "4bf9"], /--trace: "4bf9" is no id; it has 32 hexadecimal digits/],
    [["--order", "7"], /--order: "7" is no id; it has a UUID/],
    [["--since", "yesterday"], /--since: "yesterday" is not a time; write it like 30s, 15m, 1h or 2d/],
    [["--since", "0h"], /is not a time/],
    [["--ordr", ORDER], /--ordr is not an option; did you mean --order\?/],
    [["order"], /"order" is not an option/],
  ])("%j is refused", (argv, message) => {
    expect(() => parseLogsCommand(argv)).toThrow(UsageError);
    expect(() => parseLogsCommand(argv)).toThrow(message);
  });
});

describe("a line", () => {
  test("is what is an object of JSON", () => {
    expect(readLine('{"msg":"a"}')?.fields).toEqual({ msg: "a" });
    for (const text of ["", "plain", "{half", "[1]", "null"]) expect(readLine(text)).toBeUndefined();
  });

  test("answers a question when all that is asked for fits", () => {
    const paid = line({ service: "order", orderId: ORDER, traceId: TRACE, msg: "paid" });
    const login = line({ service: "account", security: "login-failed" });
    const about = (question: Partial<Question>) =>
      [paid, login].filter((candidate) => answers(candidate, { ...all, ...question }));
    expect(about({})).toEqual([paid, login]);
    expect(about({ orderId: ORDER, service: "order" })).toEqual([paid]);
    expect(about({ traceId: TRACE, service: "cart" })).toEqual([]);
    expect(about({ security: true })).toEqual([login]);
  });

  test("is shown in an order that people read, and moves nobody's cursor", () => {
    const shown = showLine(
      line({
        level: "warn",
        time: "2026-11-21T18:15:00.123Z",
        service: "order",
        pod: "order-1",
        orderId: ORDER,
        failure: { kind: "Killed" },
        msg: "an order\u001b[2J\nis stuck",
      }),
      (colour, text) => (colour === "yellow" ? `<${text}>` : text),
    );
    expect(shown).toBe(
      `18:15:00.123 <warn > order      an order�[2J�is stuck orderId=${ORDER} failure={"kind":"Killed"}`,
    );
  });

  test("stands before those that were written later", () => {
    const times = ["2026-11-21T18:15:01Z", "2026-11-21T18:15:00Z"].map((time) => line({ time }));
    expect(times.toSorted(byTime).map(({ fields }) => fields.time)).toEqual([
      "2026-11-21T18:15:00Z",
      "2026-11-21T18:15:01Z",
    ]);
  });
});

describe("Loki", () => {
  test("is asked for the namespace, the service, what is looked for and the time", () => {
    const query = lokiQuery("shop", { ...all, service: "order", orderId: ORDER, security: true }, 3_600_000);
    expect(Object.fromEntries(query)).toEqual({
      query: `{namespace="shop",container="order"} |= "${ORDER}" |= "\\"security\\":"`,
      start: "0000000",
      end: "3600000000000",
      limit: "5000",
      direction: "backward",
    });
  });

  test("answers with lines of many streams, of which those of services are taken", () => {
    const streams = [
      [["1", '{"msg":"a"}']],
      [
        ["2", "LOG: checkpoint"],
        ["3", '{"msg":"b"}'],
      ],
    ];
    const body = JSON.stringify({
      status: "success",
      data: { result: streams.map((values) => ({ values })) },
    });
    expect(readAnswer(body).map(({ fields }) => fields.msg)).toEqual(["a", "b"]);
  });
});
