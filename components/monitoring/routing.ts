/** Who is told of alerts, and how often. */

/** Where alerts are sent. */
export interface Receivers {
  /** URL that is sent alerts, and their end. */
  readonly webhook: string | undefined;
  /** URL that is sent a sign of life. */
  readonly heartbeat: string | undefined;
}

/** Alertmanager's configuration as a value; JSON of it is YAML, which Alertmanager reads. */
export function alertmanagerConfiguration({ webhook, heartbeat }: Receivers) {
  return {
    route: {
      receiver: "people",
      // One message for what happens to one service or store at one time.
      group_by: ["alertname", "namespace", "service", "job"],
      group_wait: "15s",
      group_interval: "2m",
      repeat_interval: "4h",
      routes: [
        {
          matchers: ["severity = none"],
          receiver: "heartbeat",
          group_wait: "0s",
          group_interval: "1m",
          repeat_interval: "1m",
        },
        // Who acts at once has to know at once that it is over, too.
        {
          matchers: ["severity = critical"],
          receiver: "people",
          group_interval: "30s",
          repeat_interval: "1h",
        },
      ],
    },
    inhibit_rules: [
      // The worse of the two says it all.
      {
        source_matchers: ["alertname = CriticalCpuUsage"],
        target_matchers: ["alertname = HighCpuUsage"],
        equal: ["node", "instance", "pod"],
      },
      {
        source_matchers: ["severity = critical"],
        target_matchers: ["severity = warning"],
        equal: ["alertname", "namespace", "service"],
      },
      // What follows from a store that is away is not told besides.
      {
        source_matchers: ["alertname = PostgresDown"],
        target_matchers: ['alertname =~ "OutboxLag|InboxLag|OrdersStuck|MailsWaiting|QueueBacklog"'],
        equal: ["namespace"],
      },
      {
        source_matchers: ["alertname = BrokerAlarm"],
        target_matchers: ['alertname =~ "OutboxLag|InboxLag"'],
        equal: ["namespace"],
      },
    ],
    receivers: [receiver("people", webhook, true), receiver("heartbeat", heartbeat, false)],
  };
}

/** A receiver without a URL tells nobody: alerts are seen on Alertmanager's own page. */
const receiver = (name: string, url: string | undefined, resolved: boolean) => ({
  name,
  ...(url === undefined ? {} : { webhook_configs: [{ url, send_resolved: resolved }] }),
});
