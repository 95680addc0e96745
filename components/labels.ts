/** Labels and annotations that every object of the platform carries, and the ones it is found by. */

/** The part of the labels that selectors use. It never changes: a Deployment's selector cannot. */
export function selectorLabels(name: string): Record<string, string> {
  return { "app.kubernetes.io/name": name };
}

/**
 * The recommended labels of Kubernetes.
 *
 * @param name What the object belongs to, such as `order` or `redis`.
 * @param component Its part in the whole, such as `service` or `cache`.
 */
export function labels(name: string, component: string): Record<string, string> {
  return {
    ...selectorLabels(name),
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/part-of": "tradestack",
    "app.kubernetes.io/managed-by": "tradestack",
  };
}

/**
 * Annotations of what Pulumi makes and goes on: the pods behind a Service are waited for by what makes them, so to wait
 * for its endpoints as well would only take the ten seconds longer after which they count as settled.
 */
export const NOT_AWAITED = { "pulumi.com/skipAwait": "true" };

/** Annotation of a pod template that changes with the configuration, so that a change replaces the pods. */
export const CONFIG_CHECKSUM = "tradestack.dev/config-checksum";
/** The same for credentials. */
export const SECRETS_CHECKSUM = "tradestack.dev/secrets-checksum";
