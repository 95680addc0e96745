/** The cluster's certificates and the kubeconfigs made of them: EC keys, made once and kept until `reset`. */

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { run } from "../command.ts";
import { CONTEXT, type Layout, network } from "./layout.ts";

const DAYS = "3650";

interface Certificate {
  readonly name: string;
  readonly authority: "ca" | "front-proxy-ca";
  readonly subject: string;
  readonly usage: "clientAuth" | "serverAuth" | "serverAuth,clientAuth";
  readonly hosts?: string;
}

const ofControlPlane = ({ addresses }: Layout): readonly Certificate[] => [
  {
    name: "apiserver",
    authority: "ca",
    subject: "/CN=kube-apiserver",
    usage: "serverAuth",
    hosts:
      "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc," +
      `DNS:kubernetes.default.svc.cluster.local,IP:${network.apiServiceAddress},IP:${addresses.api}`,
  },
  {
    name: "etcd",
    authority: "ca",
    subject: "/CN=etcd",
    usage: "serverAuth,clientAuth",
    hosts: "DNS:localhost,IP:127.0.0.1",
  },
  { name: "apiserver-etcd", authority: "ca", subject: "/CN=apiserver-etcd", usage: "clientAuth" },
  {
    name: "apiserver-kubelet",
    authority: "ca",
    subject: "/O=system:masters/CN=kube-apiserver-kubelet-client",
    usage: "clientAuth",
  },
  {
    name: "front-proxy-client",
    authority: "front-proxy-ca",
    subject: "/CN=front-proxy-client",
    usage: "clientAuth",
  },
];

const ofNode = ({ nodeName, addresses, kubeletServing }: Layout): Certificate => ({
  name: kubeletServing,
  authority: "ca",
  subject: `/O=system:nodes/CN=system:node:${nodeName}`,
  usage: "serverAuth",
  hosts: `DNS:${nodeName},IP:${addresses.node}`,
});

/** Who speaks to the API server, and as whom, beside the nodes. Each gets a kubeconfig. */
const clients: Readonly<Record<string, string>> = {
  admin: "/O=system:masters/CN=tradestack-admin",
  "kube-controller-manager": "/CN=system:kube-controller-manager",
  "kube-scheduler": "/CN=system:kube-scheduler",
  "kube-proxy": "/CN=system:kube-proxy",
  "network-policy": "/CN=tradestack:network-policy",
};

/**
 * Makes what the cluster lacks of keys, certificates and kubeconfigs.
 *
 * @throws {CommandError} when openssl fails.
 */
export async function ensureCertificates(layout: Layout): Promise<void> {
  mkdirSync(layout.pki, { recursive: true, mode: 0o700 });
  await Promise.all([
    makeAuthority(layout, "ca", "tradestack-sandbox-ca"),
    makeAuthority(layout, "front-proxy-ca", "tradestack-sandbox-front-proxy-ca"),
    makeServiceAccountKeys(layout),
  ]);
  await Promise.all([
    ...ofControlPlane(layout).map((certificate) => sign(layout, certificate)),
    ...Object.entries(clients).map(([name, subject]) => makeClient(layout, name, subject)),
  ]);
  makeEncryptionKey(layout);
}

/**
 * Makes what the layout's node lacks of its own, once there are those of the cluster.
 *
 * @throws {CommandError} when openssl fails.
 */
export async function ensureNodeCertificates(layout: Layout): Promise<void> {
  const certificate = ofNode(layout);
  await Promise.all([
    sign(layout, certificate),
    makeClient(layout, layout.kubeletClient, certificate.subject),
  ]);
}

async function makeClient(layout: Layout, name: string, subject: string): Promise<void> {
  await sign(layout, { name, authority: "ca", subject, usage: "clientAuth" });
  const path = name === "admin" ? layout.kubeconfig : layout.componentKubeconfig(name);
  writeFileSync(path, kubeconfig(layout, name), { mode: 0o600 });
}

async function makeKey(path: string): Promise<void> {
  if (existsSync(path)) return;
  await run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path]);
}

async function makeAuthority(layout: Layout, name: string, commonName: string): Promise<void> {
  const out = layout.certificate(name);
  if (existsSync(out)) return;
  await makeKey(layout.key(name));
  const extensions = [
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign,digitalSignature",
  ];
  await run([
    ...["openssl", "req", "-x509", "-new", "-key", layout.key(name), "-subj", `/CN=${commonName}`],
    ...["-days", DAYS, ...extensions, "-out", out],
  ]);
}

async function makeServiceAccountKeys(layout: Layout): Promise<void> {
  await makeKey(layout.key("service-accounts"));
  if (existsSync(layout.serviceAccountPublicKey)) return;
  const key = layout.key("service-accounts");
  await run(["openssl", "pkey", "-in", key, "-pubout", "-out", layout.serviceAccountPublicKey]);
}

async function sign(layout: Layout, certificate: Certificate): Promise<void> {
  const out = layout.certificate(certificate.name);
  if (existsSync(out)) return;
  await makeKey(layout.key(certificate.name));
  const request = `${out}.request`;
  const extensions = `${out}.extensions`;
  writeFileSync(extensions, extensionsOf(certificate));
  const key = layout.key(certificate.name);
  await run(["openssl", "req", "-new", "-key", key, "-subj", certificate.subject, "-out", request]);
  await run([
    ...["openssl", "x509", "-req", "-in", request, "-days", DAYS, "-extfile", extensions, "-out", out],
    ...["-CA", layout.certificate(certificate.authority), "-CAkey", layout.key(certificate.authority)],
    ...["-set_serial", `0x${randomBytes(16).toString("hex")}`],
  ]);
  rmSync(request);
  rmSync(extensions);
}

function extensionsOf(certificate: Certificate): string {
  return [
    "basicConstraints=CA:FALSE",
    "keyUsage=critical,digitalSignature",
    `extendedKeyUsage=${certificate.usage}`,
    ...(certificate.hosts === undefined ? [] : [`subjectAltName=${certificate.hosts}`]),
    "",
  ].join("\n");
}

function kubeconfig(layout: Layout, client: string): string {
  const inline = (path: string) => readFileSync(path).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": CONTEXT,
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: client } }],
    clusters: [
      {
        name: CONTEXT,
        cluster: {
          server: `https://${layout.addresses.api}:${network.apiPort}`,
          "certificate-authority-data": inline(layout.certificate("ca")),
        },
      },
    ],
    users: [
      {
        name: client,
        user: {
          "client-certificate-data": inline(layout.certificate(client)),
          "client-key-data": inline(layout.key(client)),
        },
      },
    ],
  });
}

/** Secrets are encrypted before etcd stores them, so that a copy of its files alone tells none. */
function makeEncryptionKey(layout: Layout): void {
  if (existsSync(layout.encryption)) return;
  const keys = [{ name: "first", secret: randomBytes(32).toString("base64") }];
  const configuration = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [{ resources: ["secrets"], providers: [{ secretbox: { keys } }, { identity: {} }] }],
  };
  writeFileSync(layout.encryption, JSON.stringify(configuration), { mode: 0o600 });
}
