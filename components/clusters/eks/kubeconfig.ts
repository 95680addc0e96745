/** What a kubeconfig for a cluster on EKS says. */
export interface EksAccess {
  readonly name: string;
  readonly region: string;
  readonly endpoint: string;
  /** The cluster's certificate authority in base64. */
  readonly authority: string;
}

/**
 * A kubeconfig with one context that has the cluster's name. It holds no credential: `aws eks get-token` asks for one of
 * whoever uses it.
 */
export function eksKubeconfig({ name, region, endpoint, authority }: EksAccess): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": authority } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            command: "aws",
            args: ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
            interactiveMode: "Never",
            provideClusterInfo: false,
          },
        },
      },
    ],
  });
}
