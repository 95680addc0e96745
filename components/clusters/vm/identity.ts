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
/** Port of the API, and of what nodes ask to join. */
export const API_PORT = 6443;

/** What machines are given to be one cluster. */
export interface Identity {
  /** Certificate and key of each authority, by path under k3s' directory `tls`. */
  readonly authorities: Readonly<Record<string, string>>;
  /** What the first server asks of those that join. */
  readonly serverPassword: string;
  readonly agentPassword: string;
  /** What they say, which also tells them whom to believe. */
  readonly serverToken: string;
  readonly agentToken: string;
}

/** The identity of a cluster. */
export function clusterIdentity(cluster: Cluster): Identity {
  const authorities = Object.fromEntries(
    AUTHORITIES.flatMap((name) => {
      const authority = authorityOf(cluster, name);
      return [
        [`${name}.crt`, authorityCertificate(authority, AUTHORITY_VALIDITY)],
        [`${name}.key`, keyPem(authority.key)],
      ];
    }),
  );
  const serverPassword = derivePassword(cluster.secret, "k3s/server");
  const agentPassword = derivePassword(cluster.secret, "k3s/agent");
  const fingerprint = createHash("sha256")
    .update(authorities["server-ca.crt"] ?? "")
    .digest("hex");
  return {
    authorities,
    serverPassword,
    agentPassword,
    serverToken: `K10${fingerprint}::server:${serverPassword}`,
    agentToken: `K10${fingerprint}::node:${agentPassword}`,
  };
}

/**
 * The administrator's kubeconfig. Its certificate is good for at least a year, and the same until the quarter ends, so
 * that a deployment in the next one renews it.
 *
 * @param now When it is made.
 */
export function administratorConfig(cluster: Cluster, now: Date): string {
  const key = deriveKey(cluster.secret, "administrator");
  const certificate = clientCertificate(
    authorityOf(cluster, "client-ca"),
    { commonName: "tradestack", organization: ADMINISTRATORS },
    key,
    administratorValidity(now),
  );
  const ca = authorityCertificate(authorityOf(cluster, "server-ca"), AUTHORITY_VALIDITY);
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
            "certificate-authority-data": base64(ca),
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

function authorityOf({ name, secret }: Cluster, authority: string): Authority {
  return {
    subject: { commonName: `${name}-${authority.replace("/", "-")}` },
    key: deriveKey(secret, authority),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
