/** The parts of Linkerd's custom resources that are used here. */

/** Which pods and which of their ports a policy is about (policy.linkerd.io/v1beta3). */
export interface ServerSpec {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  /** Name of the port. */
  readonly port: string;
  readonly proxyProtocol: "HTTP/1";
  /** Who is let in where no AuthorizationPolicy says anything else. */
  readonly accessPolicy: "deny" | "all-unauthenticated";
}

/** Names another object of the policy API. */
export interface PolicyRef {
  readonly group: "policy.linkerd.io";
  readonly kind: "Server" | "MeshTLSAuthentication" | "NetworkAuthentication";
  readonly name: string;
}

/** Lets whoever is authenticated so through to a Server (policy.linkerd.io/v1alpha1). */
export interface AuthorizationPolicySpec {
  readonly targetRef: PolicyRef;
  readonly requiredAuthenticationRefs: readonly PolicyRef[];
}

/** Clients that prove their ServiceAccount (policy.linkerd.io/v1alpha1). */
export interface MeshTlsAuthenticationSpec {
  readonly identityRefs: readonly {
    readonly kind: "ServiceAccount";
    readonly name: string;
    readonly namespace?: string;
  }[];
}

/** Clients of networks, whoever they are (policy.linkerd.io/v1alpha1). */
export interface NetworkAuthenticationSpec {
  readonly networks: readonly { readonly cidr: string }[];
}

/** What becomes of requests to a Service (policy.linkerd.io/v1beta3). */
export interface HttpRouteSpec {
  readonly parentRefs: readonly {
    readonly group: "core";
    readonly kind: "Service";
    readonly name: string;
    readonly port: number;
  }[];
  readonly rules: readonly {
    readonly matches?: readonly { readonly method: "GET" | "HEAD" }[];
    readonly backendRefs: readonly { readonly name: string; readonly port: number }[];
  }[];
}
