import { type Scope, series } from "../scope.ts";
import { alert, type RuleGroup } from "./rule.ts";

/** Events between services, from the one's outbox to the other's inbox. */
export function messagingAlerts(scope: Scope): RuleGroup {
  const of = (metric: string, matchers = "") => series(metric, scope, matchers);
  return {
    name: "messaging",
    rules: [
      alert({
        name: "DeadLetters",
        severity: "critical",
        when: `max by (namespace, job) (${of("inbox_dead_letters")}) > 0`,
        summary: "{{ $labels.job }} has events that it cannot handle",
        description:
          "{{ $value }} dead letters. Later events of the same order or parcel wait behind them: its runbook says how to send them again.",
      }),
      alert({
        name: "DeadLetterQueue",
        severity: "warning",
        when: `max by (namespace, queue) (${of("rabbitmq_detailed_queue_messages_ready", 'queue=~".+dead-letters"')}) > 0`,
        holds: "1m",
        summary: "{{ $labels.queue }} is not empty",
        description: "{{ $value }} messages that nobody could read or handle are kept there.",
      }),
      alert({
        name: "OutboxLag",
        severity: "warning",
        when: `max by (namespace, job) (${of("outbox_lag_seconds")}) > 60`,
        holds: "2m",
        summary: "Events of {{ $labels.job }} are not published",
        description:
          "The oldest has waited for {{ $value | humanizeDuration }}. Others do not hear what happened.",
      }),
      alert({
        name: "InboxLag",
        severity: "warning",
        when: `max by (namespace, job) (${of("inbox_lag_seconds")}) > 120`,
        holds: "2m",
        summary: "{{ $labels.job }} is behind with its events",
        description: "The oldest happened {{ $value | humanizeDuration }} ago and is not handled.",
      }),
      alert({
        name: "QueueBacklog",
        severity: "warning",
        when: `max by (namespace, queue) (${of("rabbitmq_detailed_queue_messages_ready", 'queue!~".+dead-letters"')}) > 1000`,
        holds: "5m",
        summary: "{{ $labels.queue }} grows",
        description: "{{ $value }} messages wait in the broker: their service takes none, or too few.",
      }),
      alert({
        name: "QueueWithoutConsumer",
        severity: "critical",
        when: `max by (namespace, queue) (${of("rabbitmq_detailed_queue_consumers", 'queue!~".+dead-letters"')}) == 0`,
        holds: "5m",
        summary: "Nobody reads {{ $labels.queue }}",
        description: "No replica of the service is connected to the broker.",
      }),
      alert({
        name: "BrokerAlarm",
        severity: "critical",
        when: `max by (namespace, pod) (${of("rabbitmq_alarms_memory_used_watermark")} or ${of("rabbitmq_alarms_free_disk_space_watermark")}) == 1`,
        summary: "RabbitMQ takes no more messages",
        description: "{{ $labels.pod }} is short of memory or disk and holds every publisher back.",
      }),
    ],
  };
}
