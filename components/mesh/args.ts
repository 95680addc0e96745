/** How a service takes part in a service mesh. */
export interface MeshArgs {
  /**
   * Which mesh: `linkerd` or `istio`.
   *
   * @example "linkerd"
   */
  kind: string;
  /**
   * Whether callers have to prove who they are, and all others are turned away. Without it the mesh encrypts where
   * both sides take part and lets everybody in, as is needed while a running platform joins.
   *
   * @default true
   */
  strict?: boolean;
  /**
   * Name of the ingress controller's ServiceAccount, where the controller is in the mesh itself. It needs the
   * `ingressNamespace` of the service.
   *
   * @default none: the controller speaks plain HTTP, and so a public service takes plain HTTP on its API's port
   * @example "traefik"
   */
  ingressAccount?: string;
  /**
   * Namespace of the mesh's control plane.
   *
   * @default "linkerd" or "istio-system"
   */
  controlNamespace?: string;
  /**
   * Seconds after which a call to the service is given up.
   *
   * @default 10
   */
  timeoutSeconds?: number;
  /**
   * How often a call that only reads (GET, HEAD) is sent again where no server or a dying one answered.
   *
   * @default 1
   */
  readRetries?: number;
}
