import type { Input } from "@pulumi/pulumi";
import type { Resources } from "../../services/description.ts";
import type { Container, EnvVar, PodSpec, Volume, VolumeMount } from "../kubernetes.ts";
import { restrictedContainer, restrictedPod, STORE_USER } from "../security.ts";
import { containerResources } from "../stateful.ts";
import type { CertificateAuthority } from "./endpoint.ts";
import { POSTGRES_PORT } from "./names.ts";

const SECRETS = "/run/secrets/postgres";
const AUTHORITY = "/run/secrets/postgres-authority";

/** A server as PostgreSQL's own programs have to be told of it. */
export interface ClientServer {
  readonly host: Input<string>;
  readonly port?: number;
  readonly authority?: CertificateAuthority;
}

/** What a Job that talks to a server is made from. */
export interface ClientPodArgs {
  /** Name of its container. */
  readonly name: string;
  /** Image with `psql` and its kin. */
  readonly image: Input<string>;
  readonly script: string;
  readonly server: ClientServer;
  /** Role that it connects as. */
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Values that it finds as files in the directory `$SECRETS`. */
  readonly secrets: readonly { readonly name: Input<string>; readonly key: string; readonly file: string }[];
  readonly resources: Resources;
  /** Volumes of its own. */
  readonly volumes?: readonly Volume[];
  readonly mounts?: readonly VolumeMount[];
  /** Containers that run before it, one after the other. */
  readonly before?: readonly Container[];
  /** Default: the namespace's own, which has no right. */
  readonly serviceAccount?: Input<string>;
}

/** A pod that runs a script against a server and ends. */
export function clientPod(args: ClientPodArgs): PodSpec {
  const { authority } = args.server;
  return {
    restartPolicy: "OnFailure",
    ...(args.serviceAccount === undefined ? {} : { serviceAccountName: args.serviceAccount }),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(STORE_USER),
    ...(args.before === undefined ? {} : { initContainers: [...args.before] }),
    containers: [
      {
        name: args.name,
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        command: ["/bin/sh", "-ec", args.script],
        env: environment(args),
        resources: containerResources(args.resources),
        securityContext: restrictedContainer,
        volumeMounts: [
          { name: "secrets", mountPath: SECRETS, readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
          ...(authority === undefined ? [] : [{ name: "authority", mountPath: AUTHORITY, readOnly: true }]),
          ...(args.mounts ?? []),
        ],
      },
    ],
    volumes: [
      {
        name: "secrets",
        projected: {
          defaultMode: 0o440,
          sources: args.secrets.map(({ name, key, file }) => ({
            secret: { name, items: [{ key, path: file }] },
          })),
        },
      },
      { name: "tmp", emptyDir: { sizeLimit: "16Mi" } },
      ...(authority === undefined
        ? []
        : [
            {
              name: "authority",
              secret: {
                secretName: authority.secretName,
                items: [{ key: authority.key, path: "ca.pem" }],
                defaultMode: 0o440,
              },
            },
          ]),
      ...(args.volumes ?? []),
    ],
  };
}

function environment({ server, user, environment: own }: ClientPodArgs): EnvVar[] {
  const variables: Record<string, Input<string>> = {
    PGHOST: server.host,
    PGPORT: String(server.port ?? POSTGRES_PORT),
    PGUSER: user,
    PGCONNECT_TIMEOUT: "5",
    ...(server.authority === undefined
      ? {}
      : { PGSSLMODE: "verify-full", PGSSLROOTCERT: `${AUTHORITY}/ca.pem` }),
    SECRETS,
    ...own,
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}
