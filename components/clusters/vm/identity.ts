/** Who belongs to a cluster, all of it derived from its secret: authorities, passwords to join, the administrator. */

import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { derivePassword } from "../../credentials.ts";
import {
  type Authority,
  authorityCertificate,
  clientCertificate,
  deriveKey,
  keyPem,
  type Validity,
} from "./certificates.ts";
import type { Cluster } from "./check.ts";
import { API_PORT } from "./port.ts";

/** The authorities that k3s would otherwise make, by the names of their files. */
const AUTHORITIES = ["server-ca", "client-ca", "request-header-ca", "etcd/peer-ca", "etcd/server-ca"];
/**
 * The same for every cluster, so that nothing has to remember it: to the last moment that a certificate can say in two
 * digits. An authority that is no longer trusted is replaced by a new secret, not by waiting.
 */
const AUTHORITY_VALIDITY: Validity = {
  from: new Date("2026-01-01T00:00:00Z"),
  to: new Date("2049-12-31T23:59:59Z"),
};
/** Whom a role binding makes an administrator, and unmakes by being removed; `system:masters` cannot be. */
export const ADMINISTRATORS = "tradestack:administrators";

/** With what machines join. */
export interface Passwords {
  /** What the first server asks of servers, and all of them of agents. */
  readonly server: string;
  readonly agent: string;
  /** The same as those say it who join, with a checksum that tells them whom to believe. */
  readonly serverToken: string;
  readonly agentToken: string;
}

/** Certificate and key of each authority, by path under k3s' directory `tls`. */
export function clusterAuthorities(cluster: Cluster): Readonly<Record<string, string>> {
  return Object.fromEntries(
    AUTHORITIES.flatMap((name) => {
      const authority = authorityOf(cluster, name);
      return [
        [`${name}.crt`, authorityCertificate(authority, AUTHORITY_VALIDITY)],
        [`${name}.key`, keyPem(authority.key)],
      ];
    }),
  );
}

/** The passwords of a cluster. */
export function clusterPasswords(cluster: Cluster): Passwords {
  const server = derivePassword(cluster.secret, `${cluster.name}/server`);
  const agent = derivePassword(cluster.secret, `${cluster.name}/agent`);
  const fingerprint = createHash("sha256").update(serverCertificate(cluster)).digest("hex");
  return {
    server,
    agent,
    serverToken: `K10${fingerprint}::server:${server}`,
    agentToken: `K10${fingerprint}::node:${agent}`,
  };
}

/**
 * The administrator's kubeconfig. Its certificate is good for at least a year, and the same until the quarter ends, so
 * that a deployment in the next one renews it.
 *
 * @param now When it is made.
 */
export function administratorConfig(cluster: Cluster, now: Date): string {
  const key = deriveKey(cluster.secret, `${cluster.name}/administrator`);
  const certificate = clientCertificate(
    authorityOf(cluster, "client-ca"),
    { commonName: "tradestack", organization: ADMINISTRATORS },
    key,
    administratorValidity(now),
  );
  const { name } = cluster;
  return stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": name,
      clusters: [
        {
          name,
          cluster: {
            server: `https://${cluster.address}:${API_PORT}`,
            "certificate-authority-data": base64(serverCertificate(cluster)),
          },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
      users: [
        {
          name,
          user: {
            "client-certificate-data": base64(certificate),
            "client-key-data": base64(keyPem(key)),
          },
        },
      ],
    },
    { lineWidth: 0 },
  );
}

function administratorValidity(now: Date): Validity {
  const [year, quarter] = [now.getUTCFullYear(), Math.floor(now.getUTCMonth() / 3)];
  return { from: new Date(Date.UTC(year, 3 * quarter)), to: new Date(Date.UTC(year + 1, 3 * quarter + 3)) };
}

/** Of the authority that vouches for the API. */
function serverCertificate(cluster: Cluster): string {
  return authorityCertificate(authorityOf(cluster, "server-ca"), AUTHORITY_VALIDITY);
}

function authorityOf({ name, secret }: Cluster, authority: string): Authority {
  return {
    subject: { commonName: `${name}-${authority.replace("/", "-")}` },
    key: deriveKey(secret, `${name}/${authority}`),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
