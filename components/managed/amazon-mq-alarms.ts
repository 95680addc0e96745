import type { MetricAlarmArgs } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import type * as pulumi from "@pulumi/pulumi";
import { MetricAlarm } from "../aws.ts";
import { VIRTUAL_HOST } from "../rabbitmq/definitions.ts";

/** What is watched, and who is told. */
export interface BrokerAlarmArgs {
  /** Name of the broker. */
  readonly broker: string;
  /** Services that consume. */
  readonly consumers: readonly string[];
  /** Topics of SNS that hear of each alarm, and of its end. */
  readonly topics: readonly pulumi.Input<string>[];
}

const NAMESPACE = "AWS/AmazonMQ";
/** Part of what the broker allows itself of memory, and of free disk, at which it soon takes no messages any more. */
const NEARLY = 0.9;
/** Messages that may wait for one service, as with brokers in a cluster (observability/alerts/messaging.ts). */
const BACKLOG = 1000;

/**
 * Has CloudWatch tell what Prometheus tells of brokers in a cluster: Amazon MQ lets nobody read the broker's own
 * metrics. What the services themselves measure, such as outboxes and inboxes, is told by Prometheus wherever the broker is.
 */
export function brokerAlarms(parent: pulumi.ComponentResource, name: string, args: BrokerAlarmArgs): void {
  const { broker, topics } = args;
  const alarm = (what: string, minutes: number, watched: Partial<MetricAlarmArgs>) =>
    new MetricAlarm(
      `${name}-${what}`,
      {
        name: `${broker}-${what}`,
        comparisonOperator: "GreaterThanThreshold",
        evaluationPeriods: minutes,
        treatMissingData: "missing",
        alarmActions: [...topics],
        okActions: [...topics],
        ...watched,
      },
      { parent },
    );
  const ofBroker = (metricName: string, stat: "Maximum" | "Minimum") => ({
    metricName,
    stat,
    namespace: NAMESPACE,
    period: 60,
    dimensions: { Broker: broker },
  });

  alarm("memory", 3, {
    alarmDescription:
      "RabbitMQ is short of memory: above its limit it takes no messages. Take a larger instance.",
    threshold: NEARLY,
    metricQueries: part(ofBroker("RabbitMQMemUsed", "Maximum"), ofBroker("RabbitMQMemLimit", "Minimum")),
  });
  alarm("disk", 3, {
    alarmDescription:
      "RabbitMQ is short of disk: below its limit it takes no messages. See which queue grows.",
    threshold: NEARLY,
    metricQueries: part(
      ofBroker("RabbitMQDiskFreeLimit", "Maximum"),
      ofBroker("RabbitMQDiskFree", "Minimum"),
    ),
  });
  for (const consumer of args.consumers) {
    const ofQueue = (queue: string) => ({
      namespace: NAMESPACE,
      metricName: "MessageReadyCount",
      statistic: "Maximum",
      period: 60,
      dimensions: { Broker: broker, VirtualHost: VIRTUAL_HOST, Queue: `${consumer}.${queue}` },
    });
    alarm(`${consumer}-backlog`, 5, {
      alarmDescription: `Events wait for ${consumer}: it takes none, or too few. Runbook: QueueBacklog`,
      threshold: BACKLOG,
      ...ofQueue("events"),
    });
    alarm(`${consumer}-dead-letters`, 1, {
      alarmDescription: `${consumer} could not handle some events. Runbook: DeadLetterQueue`,
      threshold: 0,
      ...ofQueue("dead-letters"),
    });
  }
}

/** One metric as a part of another. */
function part<Metric>(metric: Metric, whole: Metric) {
  return [
    { id: "part", expression: "metric / whole", label: "part of the limit", returnData: true },
    { id: "metric", metric },
    { id: "whole", metric: whole },
  ];
}
