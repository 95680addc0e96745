import { expect, test } from "vitest";
import type { Progress, StepState } from "../progress/progress.ts";
import { engineEvents } from "./events.ts";

const PLATFORM = "urn:pulumi:dev::shop::tradestack:index:Platform";
const DEPLOYMENT = `${PLATFORM}$tradestack:index:Microservice$kubernetes:apps/v1:Deployment::order`;

/** The events, and the steps and lines that they were told as. */
function told() {
  const steps: [string, StepState, string?][] = [];
  const lines: string[] = [];
  const progress: Progress = {
    step: (...step) => steps.push(step),
    say: (line) => lines.push(line),
    detail: () => {},
    finish: () => {},
  };
  return { ...engineEvents(progress), steps, lines };
}

const metadata = (urn: string, op: "create" | "update" | "same") => ({
  op,
  urn,
  type: "",
  provider: "",
});
const base = { sequence: 1, timestamp: 1 };

test("a resource inside of components is a step, from its beginning to its end", () => {
  const { onEvent, steps, lines } = told();
  onEvent({ ...base, resourcePreEvent: { metadata: metadata(DEPLOYMENT, "create") } });
  onEvent({
    ...base,
    diagnosticEvent: {
      urn: DEPLOYMENT,
      message: "<{%reset%}>0/2 pods<{%reset%}>\n",
      color: "",
      severity: "info",
      ephemeral: true,
    },
  });
  onEvent({ ...base, resOutputsEvent: { metadata: metadata(DEPLOYMENT, "create") } });
  expect(steps).toEqual([
    ["deployment/order", "working", ""],
    ["deployment/order", "waiting", "0/2 pods"],
    ["deployment/order", "created"],
  ]);
  expect(lines).toEqual([]);
});

test.each([
  ["a component", `${PLATFORM}$tradestack:index:Microservice::order`, "create"],
  ["the provider", "urn:pulumi:dev::shop::pulumi:providers:kubernetes::cluster", "create"],
  ["the stack", "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev", "create"],
  ["a resource that stays as it is", DEPLOYMENT, "same"],
] as const)("%s is no step", (_what, urn, op) => {
  const { onEvent, steps } = told();
  onEvent({ ...base, resourcePreEvent: { metadata: metadata(urn, op) } });
  onEvent({ ...base, resOutputsEvent: { metadata: metadata(urn, op) } });
  expect(steps).toEqual([]);
});

test("an error names what it is about", () => {
  const { onEvent, errors } = told();
  const message = "image cannot be pulled";
  onEvent({ ...base, diagnosticEvent: { urn: DEPLOYMENT, message, color: "", severity: "error" } });
  expect(errors).toEqual(["deployment/order: image cannot be pulled"]);
});
