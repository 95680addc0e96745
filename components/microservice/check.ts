import { refuseArgument } from "../argument-error.ts";
import { parseQuantity } from "../quantity.ts";
import type { MicroserviceArgs } from "./args.ts";
import { reserveProblem } from "./reserve.ts";

/** A DNS label, which the names of services are. */
const LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Refuses what the cluster would take and not do: an autoscaler that measures against a request that is not there, or
 * limits that no pod starts with.
 *
 * @throws {ArgumentError} at the first argument that cannot be.
 */
export function checkMicroservice(
  name: string,
  { scale, resources, keda, calls = [] }: MicroserviceArgs,
): void {
  const component = `Microservice "${name}"`;
  const refuse = (argument: string, value: unknown, remedy: string) =>
    refuseArgument(component, argument, value, remedy);
  if (!LABEL.test(name)) refuse("name", name, "is no DNS label; use small letters, digits and dashes");
  const { min, max, cpuPercent } = scale;
  if (!Number.isInteger(min) || min < 1) refuse("scale.min", min, "is not a whole number of at least 1");
  if (!Number.isInteger(max) || max < min) {
    refuse("scale.max", max, `is not a whole number of at least scale.min (${min})`);
  }
  if (!(cpuPercent > 0 && cpuPercent <= 100))
    refuse("scale.cpuPercent", cpuPercent, "is not between 1 and 100");
  for (const [index, reserve] of keda?.reserve?.entries() ?? []) {
    const problem = reserveProblem(reserve, scale);
    if (problem !== undefined) refuse(`keda.reserve[${index}]`, reserve, problem);
  }
  for (const kind of ["cpu", "memory"] as const) {
    const { request, limit } = resources[kind];
    const least = parseQuantity(request);
    const most = parseQuantity(limit);
    if (least === undefined) {
      const why = kind === "cpu" ? ", and the autoscaler measures against it" : "";
      refuse(
        `resources.${kind}.request`,
        request,
        `is not a quantity above 0${why}; write it like "250m" or "128Mi"`,
      );
    } else if (most === undefined || most < least) {
      refuse(`resources.${kind}.limit`, limit, `is not a quantity of at least the request (${request})`);
    }
  }
  if (calls.includes(name)) refuse("calls", name, "calls itself; leave it out");
}
