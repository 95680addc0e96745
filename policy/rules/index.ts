/** Every rule, in the order in which reports tell them. */

import type { Rule } from "../rule.ts";
import { autoscalerTargets } from "./autoscaler-targets.ts";
import { awsEncryptedDatabases } from "./aws-encrypted-databases.ts";
import { awsEncryptedVolumes } from "./aws-encrypted-volumes.ts";
import { awsPrivateBuckets } from "./aws-private-buckets.ts";
import { awsPrivateDatabases } from "./aws-private-databases.ts";
import { awsSsh } from "./aws-ssh.ts";
import { defaultDeny } from "./default-deny.ts";
import { disruptionBudgets } from "./disruption-budgets.ts";
import { imageDigest } from "./image-digest.ts";
import { imageVersion } from "./image-version.ts";
import { ingressHosts } from "./ingress-hosts.ts";
import { plaintextSecrets } from "./plaintext-secrets.ts";
import { probes } from "./probes.ts";
import { publicTls } from "./public-tls.ts";
import { resources } from "./resources.ts";
import { restrictedPods } from "./restricted-pods.ts";
import { serviceAccountToken } from "./service-account-token.ts";

export const RULES: readonly Rule[] = [
  imageVersion,
  imageDigest,
  resources,
  probes,
  restrictedPods,
  serviceAccountToken,
  plaintextSecrets,
  publicTls,
  ingressHosts,
  defaultDeny,
  disruptionBudgets,
  autoscalerTargets,
  awsEncryptedVolumes,
  awsEncryptedDatabases,
  awsPrivateDatabases,
  awsPrivateBuckets,
  awsSsh,
];
