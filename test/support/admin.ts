import type { Cluster } from "../../drills/platform/cluster.ts";

/** The password of `admin@example.com`, which was made for the environment in this namespace alone. */
export async function adminPassword(cluster: Pick<Cluster, "kubectl">, namespace: string): Promise<string> {
  const path = "--output=jsonpath={.data.ADMIN_PASSWORD}";
  const encoded = await cluster.kubectl("get", "secret", "account-secrets", "--namespace", namespace, path);
  return Buffer.from(encoded, "base64").toString();
}
