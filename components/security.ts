import type { PodSecurityContext, SecurityContext } from "./kubernetes.ts";

/** User and group of the services' images. */
export const SERVICE_USER = 65532;
/** User and group of the official PostgreSQL, Redis and RabbitMQ images. */
export const STORE_USER = 999;

/**
 * A pod as the `restricted` Pod Security Standard asks for it.
 *
 * @param user User and group that its processes run as.
 */
export function restrictedPod(user: number): PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    // Changing modes of a whole volume would open RabbitMQ's cookie to the group, which it then refuses.
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** A container that can gain no privilege and write nothing but its volumes. */
export const restrictedContainer: SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
