import * as pulumi from "@pulumi/pulumi";
import { CertRequest } from "@pulumi/tls/certRequest.js";
import { LocallySignedCert } from "@pulumi/tls/locallySignedCert.js";
import { PrivateKey } from "@pulumi/tls/privateKey.js";
import { SelfSignedCert } from "@pulumi/tls/selfSignedCert.js";

/** Hours of a year. */
const YEAR = 365 * 24;
/** Hours before its end at which an update renews a certificate. */
const RENEWED_BEFORE = 60 * 24;
/** Curve that Linkerd asks for. */
const KEY = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const AUTHORITY = ["cert_signing", "crl_signing"];

/** Services that the API server calls, each with a certificate of its own. */
type Webhook = "linkerd-proxy-injector" | "linkerd-sp-validator" | "linkerd-policy-validator";

/** A certificate as Linkerd's chart takes it. */
export interface LinkerdCertificate {
  readonly crtPEM: pulumi.Output<string>;
  readonly keyPEM: pulumi.Output<string>;
}

/** One that brings along who signed it. */
export interface WebhookCertificate extends LinkerdCertificate {
  readonly caBundle: pulumi.Output<string>;
}

/**
 * The certificates of a Linkerd: an anchor that lives for ten years and signs an issuer that lives for one, which signs
 * the proxies' own of a day each; and one for each service that the API server calls. All but the anchor are renewed by
 * an update within the last sixty days. Keys are kept in the stack's state, encrypted as all its secrets are.
 */
export class LinkerdCertificates extends pulumi.ComponentResource {
  /** What every proxy believes, in PEM. */
  readonly trustAnchor: pulumi.Output<string>;
  readonly issuer: LinkerdCertificate;
  readonly webhooks: Readonly<Record<Webhook, WebhookCertificate>>;

  constructor(name: string, args: { readonly namespace: string }, opts?: pulumi.ComponentResourceOptions) {
    super("tradestack:index:LinkerdCertificates", name, args, opts);
    const child = { parent: this };
    const identity = anchor(`${name}-anchor`, "root.linkerd.cluster.local", child);
    this.trustAnchor = identity.certificate.certPem;
    this.issuer = signed(`${name}-issuer`, "identity.linkerd.cluster.local", identity, true, child);
    const webhooks = anchor(`${name}-webhooks`, "webhooks.linkerd.cluster.local", child);
    const webhook = (service: string): WebhookCertificate => ({
      ...signed(`${name}-${service}`, `${service}.${args.namespace}.svc`, webhooks, false, child),
      caBundle: webhooks.certificate.certPem,
    });
    this.webhooks = {
      "linkerd-proxy-injector": webhook("linkerd-proxy-injector"),
      "linkerd-sp-validator": webhook("linkerd-sp-validator"),
      "linkerd-policy-validator": webhook("linkerd-policy-validator"),
    };
    this.registerOutputs({ trustAnchor: this.trustAnchor });
  }
}

interface Anchor {
  readonly key: PrivateKey;
  readonly certificate: SelfSignedCert;
}

function anchor(name: string, commonName: string, opts: pulumi.CustomResourceOptions): Anchor {
  const key = new PrivateKey(`${name}-key`, KEY, opts);
  const certificate = new SelfSignedCert(
    `${name}-certificate`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName },
      isCaCertificate: true,
      validityPeriodHours: 10 * YEAR,
      allowedUses: AUTHORITY,
    },
    opts,
  );
  return { key, certificate };
}

function signed(
  name: string,
  commonName: string,
  by: Anchor,
  isAuthority: boolean,
  opts: pulumi.CustomResourceOptions,
): LinkerdCertificate {
  const key = new PrivateKey(`${name}-key`, KEY, opts);
  const request = new CertRequest(
    `${name}-request`,
    { privateKeyPem: key.privateKeyPem, subject: { commonName }, dnsNames: [commonName] },
    opts,
  );
  const certificate = new LocallySignedCert(
    `${name}-certificate`,
    {
      certRequestPem: request.certRequestPem,
      caPrivateKeyPem: by.key.privateKeyPem,
      caCertPem: by.certificate.certPem,
      isCaCertificate: isAuthority,
      validityPeriodHours: YEAR,
      earlyRenewalHours: RENEWED_BEFORE,
      allowedUses: isAuthority ? AUTHORITY : ["key_encipherment", "digital_signature", "server_auth"],
    },
    opts,
  );
  return { crtPEM: certificate.certPem, keyPEM: key.privateKeyPem };
}
