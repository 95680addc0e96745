import { type OpenMetricsContentType, Registry } from "prom-client";

/** What Prometheus asks for first: the form that names requests as examples of what it counts. */
const MEDIA_TYPE = "application/openmetrics-text";

/** What is shown to who reads metrics, in the form that it asks for. */
export async function exposition(
  registry: Registry,
  accept: string | undefined,
): Promise<{ readonly contentType: string; readonly text: string }> {
  if (!accept?.includes(MEDIA_TYPE))
    return { contentType: registry.contentType, text: await registry.metrics() };
  return { contentType: Registry.OPENMETRICS_CONTENT_TYPE, text: await openMetrics(registry) };
}

/**
 * The metrics as OpenMetrics, under the names that they have otherwise. (prom-client's own way there renames the
 * counters themselves, for whoever asks for the other form later.)
 */
async function openMetrics(registry: Registry): Promise<string> {
  const open = new Registry<OpenMetricsContentType>();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const families: Promise<string>[] = [];
  for (const { name } of registry.getMetricsAsArray()) {
    const metric = registry.getSingleMetric(name);
    if (metric === undefined) continue;
    open.registerMetric(metric);
    families.push(open.getSingleMetricAsString(name).then((text) => asFamily(text, name)));
  }
  return `${(await Promise.all(families)).join("\n")}\n# EOF\n`;
}

/** A counter's family is called without `_total`, and its sample is called with it once. */
const asFamily = (text: string, name: string): string =>
  text.includes(`\n# TYPE ${name} counter\n`)
    ? text.replaceAll(`${name}_total`, name).replaceAll(/^(# (?:HELP|TYPE) \w+?)_total /gm, "$1 ")
    : text;
