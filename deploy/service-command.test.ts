import { expect, test } from "vitest";
import { UsageError } from "../command-line/options.ts";
import { parseServiceCommand } from "./service-command.ts";

test("options before the service are read, what follows it is passed on", () => {
  expect(parseServiceCommand(["--stack", "prod", "order", "redrive", "--message", "m", "--stack"])).toEqual({
    stack: "prod",
    context: undefined,
    service: "order",
    words: ["redrive", "--message", "m", "--stack"],
  });
  expect(parseServiceCommand(["payment", "reconcile"])).toMatchObject({ stack: "dev", service: "payment" });
});

test.each([
  [["ordr", "redrive"], /no service "ordr"; did you mean "order"\?/],
  [["order"], /a service and a command are needed/],
  [["--stac", "dev", "order", "redrive"], /--stac is not an option/],
  [["--context"], /--context needs a value/],
])("%j is refused", (argv, message) => {
  expect(() => parseServiceCommand(argv)).toThrow(UsageError);
  expect(() => parseServiceCommand(argv)).toThrow(message);
});
