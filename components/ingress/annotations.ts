import { ADMIN_PORT } from "../../services/description.ts";

/** What a controller is told that an Ingress itself has no field for. */
export interface ControllerSettings {
  /** Name of the ingress class, which tells the controller. */
  readonly className: string;
  /** Most bytes of a request body. */
  readonly bodyLimit: string;
  /** Certificate of AWS' own (ACM), for load balancers of AWS. */
  readonly certificateArn: string | undefined;
}

const NGINX = "nginx.ingress.kubernetes.io";
const ALB = "alb.ingress.kubernetes.io";
/** TLS 1.3 and 1.2 with forward secrecy. */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/** Annotations for the controllers that have them; for others there are none. */
export function controllerAnnotations(settings: ControllerSettings): Record<string, string> {
  if (settings.className.includes("nginx")) return { [`${NGINX}/proxy-body-size`]: settings.bodyLimit };
  if (settings.className.includes("alb")) return loadBalancerAnnotations(settings.certificateArn);
  return {};
}

/** For an Application Load Balancer, which speaks to the pods themselves and asks them whether they are ready. */
function loadBalancerAnnotations(certificateArn: string | undefined): Record<string, string> {
  const ports = certificateArn === undefined ? [{ HTTP: 80 }] : [{ HTTP: 80 }, { HTTPS: 443 }];
  return {
    [`${ALB}/target-type`]: "ip",
    [`${ALB}/healthcheck-port`]: String(ADMIN_PORT),
    [`${ALB}/healthcheck-path`]: "/readyz",
    [`${ALB}/healthcheck-interval-seconds`]: "5",
    [`${ALB}/healthcheck-timeout-seconds`]: "3",
    [`${ALB}/healthy-threshold-count`]: "2",
    // A pod that ends still serves for some seconds, and answers what is under way after that.
    [`${ALB}/target-group-attributes`]: "deregistration_delay.timeout_seconds=30",
    [`${ALB}/listen-ports`]: JSON.stringify(ports),
    ...(certificateArn === undefined
      ? {}
      : {
          [`${ALB}/certificate-arn`]: certificateArn,
          [`${ALB}/ssl-redirect`]: "443",
          [`${ALB}/ssl-policy`]: TLS_POLICY,
        }),
  };
}
