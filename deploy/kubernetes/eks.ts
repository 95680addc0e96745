import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { tradestackHome } from "../../sandbox/home.ts";
import type { EksTarget } from "../../settings/eks.ts";
import { type Cluster, ClusterError } from "./cluster.ts";

/**
 * The way to a cluster on EKS, as the AWS CLI knows it. The kubeconfig is a private one: the user's own stays as it is.
 *
 * @throws {ClusterError} where there is no `aws`, or it knows no such cluster.
 */
export async function eksCluster({ name, args: { region } }: EksTarget): Promise<Cluster> {
  const directory = join(tradestackHome(), "eks");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const kubeconfig = join(directory, `${region}-${name}`);
  const options = ["--name", name, "--region", region, "--alias", name, "--kubeconfig", kubeconfig];
  try {
    await promisify(execFile)("aws", ["eks", "update-kubeconfig", ...options]);
  } catch (error) {
    throw new ClusterError(explain(name, region, error));
  }
  return { kubectl: "kubectl", kubeconfig, context: name };
}

function explain(name: string, region: string, error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") {
    return "the AWS CLI (aws) is not on PATH, and only it logs in to EKS; install it, version 2";
  }
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
  if (said.includes("ResourceNotFoundException")) {
    return `there is no cluster "${name}" in ${region} yet; "npm run up" makes it, and "npm run render" shows the manifests without it`;
  }
  return `the AWS CLI does not get to cluster "${name}" in ${region}; log in, such as by "aws sso login": ${said}`;
}
