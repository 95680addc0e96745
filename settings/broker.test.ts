import { expect, test } from "vitest";
import { readBroker } from "./broker.ts";
import { Section } from "./section.ts";

const read = (broker: object, environment: "dev" | "staging" | "prod" = "dev") =>
  readBroker(new Section("tradestack:broker", broker), environment);

test("is one pod in development and three elsewhere, unless something else is asked for", () => {
  expect(read({})).toEqual({ kind: "cluster", replicas: 1, storage: "1Gi" });
  expect(read({}, "staging")).toMatchObject({ kind: "cluster", replicas: 3 });
});

test("at Amazon, production is in several zones and cannot be deleted, others have to ask for both", () => {
  expect(read({ kind: "amazon-mq" }, "prod")).toEqual({
    kind: "amazon-mq",
    args: { instanceType: "mq.m7g.large", multiAz: true, alarmTopics: [], deletionProtection: true },
  });
  expect(read({ kind: "amazon-mq" })).toMatchObject({
    args: { instanceType: "mq.m7g.medium", multiAz: false, deletionProtection: false },
  });
});

test.each<[object, RegExp]>([
  [{ kind: "amazonmq" }, /^tradestack:broker\.kind: "amazonmq" is none of .*\(did you mean "amazon-mq"\?\)/],
  [
    { kind: "amazon-mq", instanceType: "mq.m7g.lagre" },
    /^tradestack:broker\.instanceType: .* is of no known size; write mq\.m7g\.large$/,
  ],
  [{ kind: "amazon-mq", instanceType: "mq.t3.micro" }, /is of no known family; write mq\.m7g\.micro$/],
  [
    { kind: "amazon-mq", instanceType: "cache.m7g.large" },
    /is no type of nodes; write it like mq\.m7g\.large$/,
  ],
  [{ kind: "amazon-mq", replicas: 3 }, /^tradestack:broker\.replicas is not a setting/],
  [
    { kind: "amazon-mq", alarmTopics: ["alarms"] },
    /^tradestack:broker\.alarmTopics: .* names something else than topics of SNS; write each like arn:aws:sns/,
  ],
  [{ multiAz: true }, /^tradestack:broker\.multiAz is not a setting/],
])("%j is refused", (broker, message) => expect(() => read(broker)).toThrow(message));
