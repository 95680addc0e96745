import * as pulumi from "@pulumi/pulumi";
import { checksum } from "../checksum.ts";
import { Job, type PodSpec, Secret } from "../kubernetes.ts";
import { labels } from "../labels.ts";
import { provisionerName } from "../postgres/names.ts";
import { jobPolicies } from "../postgres/provisioner.ts";
import type { BrokerUserArgs } from "../rabbitmq/broker.ts";
import { definitions } from "../rabbitmq/definitions.ts";
import { restrictedContainer, restrictedPod, SERVICE_USER } from "../security.ts";
import { DEFINITIONS_SCRIPT } from "./amazon-mq-script.ts";

/** What users, queues and bindings are brought to a broker with. */
export interface DefinitionsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly users: BrokerUserArgs[];
  /** URL of the management API. */
  readonly console: pulumi.Input<string>;
  readonly admin: string;
  readonly adminPassword: pulumi.Input<string>;
  /** Image with Node. */
  readonly image: pulumi.Input<string>;
  /** Changes with the passwords. */
  readonly revision?: string;
  /** Ranges that the broker is in. */
  readonly cidrs: string[];
}

/** Port of the management API. */
export const MANAGEMENT_PORT = 443;
const SECRETS = "/run/secrets/rabbitmq";

/**
 * Makes the Job that brings users, queues and bindings to a broker, and what lets it get there.
 *
 * @returns The Job's name, known once it is done.
 */
export function bringDefinitions(
  parent: pulumi.ComponentResource,
  name: string,
  args: DefinitionsArgs,
): pulumi.Output<string> {
  const { namespace, users } = args;
  const pods = provisionerName(name);
  jobPolicies(parent, pods, "provisioner", { name, ports: [MANAGEMENT_PORT], cidrs: args.cidrs }, namespace);
  const secret = new Secret(
    `${name}-access`,
    {
      metadata: { name: `${name}-access`, namespace, labels: labels(name, "broker") },
      stringData: {
        "admin-password": pulumi.secret(args.adminPassword),
        "definitions.json": pulumi.secret(pulumi.output(users).apply(definitions)),
      },
    },
    { parent },
  );
  const rights = users.map(({ name: user, publishes, consumes }) => ({ user, publishes, consumes }));
  // A Job cannot be changed: another specification is another Job.
  const hash = pulumi
    .all([args.image, args.console])
    .apply((where) => checksum([DEFINITIONS_SCRIPT, where, rights, args.revision ?? ""]).slice(0, 8));
  const job = new Job(
    `${name}-definitions`,
    {
      metadata: {
        name: pulumi.interpolate`${name}-definitions-${hash}`,
        namespace,
        labels: labels(pods, "provisioner"),
      },
      spec: {
        backoffLimit: 6,
        activeDeadlineSeconds: 600,
        template: {
          metadata: { labels: labels(pods, "provisioner") },
          spec: podSpec(args, secret.metadata.name),
        },
      },
    },
    { parent, customTimeouts: { create: "10m" } },
  );
  return job.metadata.name;
}

function podSpec(args: DefinitionsArgs, secretName: pulumi.Input<string>): PodSpec {
  return {
    restartPolicy: "OnFailure",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(SERVICE_USER),
    containers: [
      {
        name: "definitions",
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        command: ["node", "--input-type=module", "--eval", DEFINITIONS_SCRIPT],
        env: [
          { name: "BROKER_CONSOLE", value: args.console },
          { name: "BROKER_ADMIN", value: args.admin },
          { name: "SECRETS", value: SECRETS },
        ],
        resources: {
          requests: { cpu: "10m", memory: "64Mi" },
          limits: { cpu: "500m", memory: "128Mi" },
        },
        securityContext: restrictedContainer,
        volumeMounts: [{ name: "access", mountPath: SECRETS, readOnly: true }],
      },
    ],
    volumes: [{ name: "access", secret: { secretName, defaultMode: 0o440 } }],
  };
}
