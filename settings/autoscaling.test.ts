import { expect, test } from "vitest";
import { parseSettings } from "../settings.ts";
import { readAutoscaling } from "./autoscaling.ts";
import { Section } from "./section.ts";

const OWN = "http://prometheus.monitoring:9090";
const read = (autoscaling: unknown, own: string | undefined = undefined) =>
  readAutoscaling(new Section("tradestack:autoscaling", autoscaling), own);

test("Kubernetes scales by itself unless the stack says otherwise", () => {
  expect(read(undefined)).toEqual({ kind: "hpa" });
  expect(() => read({ timeZone: "Europe/Berlin" })).toThrow(
    "tradestack:autoscaling.timeZone is of no use to Kubernetes' own autoscaler; write kind: keda",
  );
});

test("KEDA asks the stack's own Prometheus, or the one that is named", () => {
  expect(read({ kind: "keda" }, OWN)).toEqual({
    kind: "keda",
    namespace: "keda",
    prometheusUrl: OWN,
    timeZone: "Etc/UTC",
  });
  expect(read({ kind: "keda", prometheusUrl: "https://metrics.example.com" }, OWN)).toMatchObject({
    prometheusUrl: "https://metrics.example.com",
  });
  expect(() => read({ kind: "keda" })).toThrow("tradestack:autoscaling.prometheusUrl is missing");
});

test.each([
  [{ kind: "vpa" }, 'kind: "vpa"'],
  [{ kind: "keda", prometheusUrl: "prometheus:9090" }, "is not a URL"],
  [{ kind: "keda", timeZone: "Berlin" }, "is no time zone; write it like Europe/Berlin"],
  [{ kind: "keda", timezone: "Europe/Berlin" }, "timeZone"],
])("%j is refused", (autoscaling, message) => {
  expect(() => read(autoscaling, OWN)).toThrow(message);
});

const stack = (reserve: unknown, kind = "keda") =>
  parseSettings(
    {
      environment: "dev",
      cluster: { kind: "sandbox" },
      monitoring: { kind: "builtin" },
      autoscaling: { kind },
      services: { order: { scale: { min: 2, max: 12 }, reserve } },
    },
    "dev",
    {},
  );

test("a service keeps replicas ready by the clock", () => {
  const evenings = { from: "18:00", to: "23:30", min: 6, days: ["fri", "sat"] };
  expect(stack([evenings]).services.order?.reserve).toEqual([evenings]);
  expect(stack([{ from: "22:00", to: "06:00", min: 3 }]).services.order?.reserve).toHaveLength(1);
});

test.each([
  [[{ from: "18:00", to: "23:00", min: 2 }], "order.reserve[0]: min 2 is not above scale.min (2)"],
  [[{ from: "18:00", min: 4 }], 'order.reserve[0]: "" is no time of day; write it like 08:00'],
  [[{ from: "18:00", to: "23:00", mni: 4 }], "order.reserve[0]"],
  [[{ from: "18:00", to: "23:00", min: 4, days: ["funday"] }], '"funday" is no day'],
  [{ from: "18:00" }, "is not a list; write each of its items after a dash"],
])("the reserve %j is refused", (reserve, message) => {
  expect(() => stack(reserve)).toThrow(message);
});

test("a reserve without KEDA is refused, for nobody would keep it", () => {
  expect(() => stack([{ from: "18:00", to: "23:00", min: 4 }], "hpa")).toThrow(
    "tradestack:services.order.reserve: Kubernetes' own autoscaler knows no clock",
  );
});
