/** The parts of Istio's custom resources that are used here. */

import type { Input } from "@pulumi/pulumi";

interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** What may be spoken to a pod (security.istio.io/v1). */
export interface PeerAuthenticationSpec {
  readonly selector: Selector;
  readonly mtls: { readonly mode: MtlsMode };
  /** By the container's port. */
  readonly portLevelMtls?: Readonly<Record<string, { readonly mode: MtlsMode }>>;
}
export type MtlsMode = "STRICT" | "PERMISSIVE";

/** Who may speak to a pod; once there is one, nobody else may (security.istio.io/v1). */
export interface AuthorizationPolicySpec {
  readonly selector: Selector;
  readonly action: "ALLOW";
  readonly rules: readonly {
    /** Undefined: everybody. */
    readonly from?: readonly { readonly source: { readonly principals: readonly Input<string>[] } }[];
    readonly to: readonly { readonly operation: { readonly ports: readonly string[] } }[];
  }[];
}

/** How callers choose among the pods of a Service (networking.istio.io/v1). */
export interface DestinationRuleSpec {
  readonly host: string;
  readonly trafficPolicy: {
    readonly connectionPool: { readonly tcp: { readonly connectTimeout: string } };
    readonly outlierDetection: {
      readonly consecutiveGatewayErrors: number;
      readonly consecutive5xxErrors: number;
      readonly interval: string;
      readonly baseEjectionTime: string;
      readonly maxEjectionPercent: number;
    };
  };
}

/** What becomes of requests to a Service (networking.istio.io/v1). */
export interface VirtualServiceSpec {
  readonly hosts: readonly string[];
  readonly http: readonly {
    readonly match?: readonly { readonly method: { readonly exact: "GET" | "HEAD" } }[];
    readonly route: readonly {
      readonly destination: { readonly host: string; readonly port: { readonly number: number } };
    }[];
    readonly timeout: string;
    readonly retries: { readonly attempts: number; readonly retryOn?: string };
  }[];
}
