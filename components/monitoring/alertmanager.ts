import * as pulumi from "@pulumi/pulumi";
import { checksumOf } from "../checksum.ts";
import { Secret, StatefulSet } from "../kubernetes.ts";
import { labels, selectorLabels } from "../labels.ts";
import { allowDns, allowFrom, allowTo, everywhere, pods } from "../network-policy/rules.ts";
import { tokenlessAccount, volumeClaims } from "../stateful.ts";
import type { MonitoringStackArgs } from "./args.ts";
import { PATIENT, podTemplate } from "./pod.ts";
import { makePolicy, makeService } from "./reach.ts";
import { alertmanagerConfiguration } from "./routing.ts";
import { ALERTMANAGER_PORT } from "./scrape-config.ts";

const NAME = "alertmanager";
const COMPONENT = "monitoring";
const CONFIGURATION = "/etc/alertmanager";
const DATA = "/alertmanager";
/** Ports of receivers, whose addresses are secrets: HTTPS, and what is usual within a cluster. */
const RECEIVER_PORTS = [80, 443, 8080, 8443];

/** Makes Alertmanager. Silences, and what people were told of already, outlive its pod. */
export function makeAlertmanager(
  parent: pulumi.ComponentResource,
  namespace: pulumi.Input<string>,
  args: MonitoringStackArgs,
): void {
  const child = { parent };
  const metadata = { name: NAME, namespace, labels: labels(NAME, COMPONENT) };
  const account = tokenlessAccount(parent, NAME, COMPONENT, namespace);
  const tells = args.alertWebhook !== undefined || args.heartbeat !== undefined;
  makePolicy(parent, metadata, {
    ingress: allowFrom([pods("prometheus")], [ALERTMANAGER_PORT]),
    egress: [allowDns, ...(tells ? allowTo([everywhere], RECEIVER_PORTS) : [])],
  });
  // Addresses of receivers often hold what proves the sender.
  const configuration = pulumi.secret(
    pulumi
      .all([args.alertWebhook, args.heartbeat])
      .apply(([webhook, heartbeat]) =>
        JSON.stringify(alertmanagerConfiguration({ webhook, heartbeat }), undefined, 2),
      ),
  );
  const secret = new Secret(
    `${NAME}-config`,
    { metadata, stringData: { "alertmanager.yml": configuration } },
    child,
  );
  makeService(parent, metadata, ALERTMANAGER_PORT);
  new StatefulSet(
    `${NAME}-server`,
    {
      metadata,
      spec: {
        replicas: 1,
        serviceName: NAME,
        selector: { matchLabels: selectorLabels(NAME) },
        template: podTemplate({
          name: NAME,
          component: COMPONENT,
          image: args.images.alertmanager,
          args: [
            `--config.file=${CONFIGURATION}/alertmanager.yml`,
            `--storage.path=${DATA}`,
            // One of it: there is nobody to agree with.
            "--cluster.listen-address=",
          ],
          port: ALERTMANAGER_PORT,
          ready: "/-/ready",
          alive: "/-/healthy",
          resources: {
            cpu: { request: "10m", limit: "200m" },
            memory: { request: "32Mi", limit: "128Mi" },
          },
          volumes: [
            { name: "configuration", secret: { secretName: secret.metadata.name, defaultMode: 0o440 } },
          ],
          mounts: [
            { name: "data", mountPath: DATA },
            { name: "configuration", mountPath: CONFIGURATION, readOnly: true },
          ],
          checksum: checksumOf(configuration),
        }),
        volumeClaimTemplates: volumeClaims(NAME, { ...args, storage: "1Gi" }),
      },
    },
    { ...child, ...PATIENT, dependsOn: [account] },
  );
}
