import type { AmazonMqBrokerArgs } from "../components/managed/amazon-mq-broker.ts";
import { checkBrokerType } from "../components/managed/node-type.ts";
import type { Environment } from "./cluster.ts";
import { readReplicas } from "./replicated.ts";
import type { Section } from "./section.ts";

/** How RabbitMQ runs. */
const KINDS = ["cluster", "amazon-mq"] as const;

/** Pods with a volume each. */
export interface ClusterBroker {
  readonly kind: "cluster";
  readonly replicas: number;
  /** Size of each volume. */
  readonly storage: string;
}

/** Amazon MQ, beside an EKS cluster that the stack makes. */
export interface AmazonMqSettings {
  readonly kind: "amazon-mq";
  /** What it is made from. */
  readonly args: Pick<AmazonMqBrokerArgs, "instanceType" | "multiAz" | "alarmTopics" | "deletionProtection">;
}

export type BrokerSettings = ClusterBroker | AmazonMqSettings;

/** What notifications of CloudWatch are sent to. */
const TOPIC = /^arn:aws(-cn|-us-gov)?:sns:[-a-z0-9]+:\d{12}:[-_a-zA-Z0-9]+$/;

/**
 * Reads how RabbitMQ runs.
 *
 * @param section The stack's `broker`.
 * @param environment Development does with one node; outside of production a cluster of Amazon's has to be asked for.
 * @throws {SettingsError} for a key that its kind does not have, or a value that cannot be.
 */
export function readBroker(section: Section, environment: Environment): BrokerSettings {
  const kind = section.oneOf("kind", KINDS) ?? "cluster";
  const settings: BrokerSettings =
    kind === "cluster"
      ? { kind, ...readReplicas(section, environment === "dev" ? 1 : 3) }
      : { kind, args: readAmazonMq(section, environment === "prod") };
  section.refuseUnknownKeys();
  return settings;
}

function readAmazonMq(section: Section, production: boolean): AmazonMqSettings["args"] {
  const instanceType = section.text("instanceType") ?? (production ? "mq.m7g.large" : "mq.m7g.medium");
  checkBrokerType(section.name("instanceType"), instanceType);
  const alarmTopics = section.texts("alarmTopics") ?? [];
  if (!alarmTopics.every((topic) => TOPIC.test(topic))) {
    section.refuse(
      "alarmTopics",
      "names something else than topics of SNS; write each like arn:aws:sns:eu-central-1:123456789012:alarms",
    );
  }
  return {
    instanceType,
    multiAz: section.flag("multiAz") ?? production,
    alarmTopics,
    deletionProtection: section.flag("deletionProtection") ?? production,
  };
}
