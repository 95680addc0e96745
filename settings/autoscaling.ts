import { SettingsError } from "./error.ts";
import type { Section } from "./section.ts";

/** Who decides how many replicas services run. */
export type AutoscalingSettings =
  /** Kubernetes itself, by the CPU. */
  | { readonly kind: "hpa" }
  /** KEDA, which is in the cluster already: also by requests under way, and by the clock. */
  | {
      readonly kind: "keda";
      /** Namespace of KEDA's pods, which ask Prometheus. */
      readonly namespace: string;
      /** The Prometheus that it asks. */
      readonly prometheusUrl: string;
      /** Time zone of the reserves. */
      readonly timeZone: string;
    };

/**
 * Reads a stack's `autoscaling`.
 *
 * @param ownPrometheus Where the stack's own Prometheus answers; undefined where it has none.
 * @throws {SettingsError} for an unknown kind or time zone, or where nobody knows a Prometheus to ask.
 */
export function readAutoscaling(section: Section, ownPrometheus: string | undefined): AutoscalingSettings {
  const kind = section.oneOf("kind", ["hpa", "keda"]) ?? "hpa";
  const settings = {
    namespace: section.dnsName("namespace") ?? "keda",
    prometheusUrl: readUrl(section, "prometheusUrl"),
    timeZone: readTimeZone(section, "timeZone"),
  };
  section.refuseUnknownKeys();
  if (kind === "keda") {
    const { prometheusUrl = ownPrometheus, ...same } = settings;
    if (prometheusUrl === undefined) {
      throw new SettingsError(
        `${section.name("prometheusUrl")} is missing; write where KEDA asks how many requests are under way, such as http://prometheus.monitoring:9090`,
      );
    }
    return { kind, prometheusUrl, ...same };
  }
  const [other] = section.keys().filter((key) => key !== "kind");
  if (other === undefined) return { kind };
  throw new SettingsError(
    `${section.name(other)} is of no use to Kubernetes' own autoscaler; write kind: keda`,
  );
}

function readUrl(section: Section, key: string): string | undefined {
  const url = section.text(key);
  if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return url;
  return section.refuse(key, "is not a URL; write it like http://prometheus.monitoring:9090");
}

function readTimeZone(section: Section, key: string): string {
  const timeZone = section.text(key) ?? "Etc/UTC";
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch {
    return section.refuse(key, "is no time zone; write it like Europe/Berlin");
  }
}
