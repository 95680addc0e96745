/**
 * Runs the unmodified program and tells what it registers. A process of its own, started by collect.ts: the program
 * is run as a preview against the SDK's own mock monitor, so neither an engine, nor a cluster, nor credentials are
 * needed, and nothing that it does can reach one.
 */

import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import {
  decode,
  type JsonObject,
  type ProgramReply,
  type ProgramRequest,
  type Registration,
} from "./registration.ts";

/** The part of the SDK's registration request that is read here. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getRemote(): boolean;
  getDependenciesList(): string[];
  getObject(): { toJavaScript(): JsonObject } | undefined;
}

/** The part of the SDK's request that hands over a component's outputs that is read here. */
interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): JsonObject } | undefined;
}

/** The part of the SDK's monitor that registrations pass through. */
interface Monitor {
  registerResource(
    request: RegisterRequest,
    callback: (error: unknown, response?: { getUrn(): string }) => void,
  ): Promise<void>;
  registerResourceOutputs(request: OutputsRequest, callback: (error: unknown) => void): void;
}

/** Two resources that only one of could exist. */
class ResourceError extends Error {
  override readonly name = "ResourceError";
}

/** Ends the host names that only a deployment would know: nobody is there, and nobody ever will be (RFC 2606). */
const NOWHERE = "known-after-deployment.invalid";

/** What resources would know besides their inputs, by type, as far as others need it. */
const ON_PAPER: Readonly<Record<string, (inputs: JsonObject) => JsonObject>> = {
  "docker-build:index:Image": ({ tags }): JsonObject => (Array.isArray(tags) ? { ref: tags[0] ?? null } : {}),
  "docker:index/remoteImage:RemoteImage": ({ name }) => ({ repoDigest: name ?? null }),
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ replicationGroupId }) => ({
    primaryEndpointAddress: `${String(replicationGroupId)}.${NOWHERE}`,
  }),
  "aws:mq/broker:Broker": ({ brokerName }) => ({
    instances: [{ consoleUrl: `https://${String(brokerName)}.${NOWHERE}` }],
  }),
  "aws:rds/instance:Instance": ({ identifier }) => ({ address: `${String(identifier)}.${NOWHERE}` }),
};

/** Outputs of a resource that exists only on paper. */
function outputsOf(args: pulumi.runtime.MockResourceArgs): JsonObject {
  const inputs = args.inputs as JsonObject;
  return { ...inputs, ...ON_PAPER[args.type]?.(inputs) };
}

async function run(request: ProgramRequest): Promise<ProgramReply> {
  const resources = new Map<string, Registration>();
  await pulumi.runtime.setMocks(
    { newResource: (args) => ({ id: args.name, state: outputsOf(args) }), call: (args) => args.inputs },
    request.project,
    request.stack,
    true,
  );
  pulumi.runtime.setAllConfig({ ...request.config }, [...request.secretKeys]);

  // The mocks are not told what a resource depends on, nor which of its inputs are secret; its request is.
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (registration, callback) =>
    register(registration, (error, response) => {
      if (error == null && response !== undefined) {
        const urn = response.getUrn();
        const type = registration.getType();
        const name = registration.getName();
        if (resources.has(urn)) {
          return fail(
            new ResourceError(`two resources of type ${type} are both named "${name}"; rename one`),
          );
        }
        // A component of another program, such as a chart, is made somewhere else, as a resource is.
        const custom = registration.getCustom() || registration.getRemote();
        const { value, secrets, unknowns } = decode(registration.getObject()?.toJavaScript() ?? {});
        const dependencies = registration.getDependenciesList();
        const inputs = value as JsonObject;
        resources.set(urn, { urn, type, name, custom, inputs, secrets, unknowns, dependencies });
      }
      callback(error, response);
    });

  let outputs: JsonObject = {};
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (registration, callback) => {
    if (registration.getUrn().includes("::pulumi:pulumi:Stack::")) {
      outputs = presentable(registration.getOutputs()?.toJavaScript() ?? {});
    }
    registerOutputs(registration, callback);
  };

  await pulumi.runtime.runInPulumiStack(() => import(pathToFileURL(request.entry).href));
  await pulumi.runtime.disconnect();
  return { program: { resources: [...resources.values()], outputs } };
}

/** The outputs that can be shown: neither secret nor unknown. */
function presentable(wire: JsonObject): JsonObject {
  const { value, secrets, unknowns } = decode(wire);
  const hidden = new Set([...secrets, ...unknowns].map(([key]) => key));
  return Object.fromEntries(Object.entries(value as JsonObject).filter(([key]) => !hidden.has(key)));
}

function reply(message: ProgramReply): void {
  process.send?.(message, () => process.exit(0));
}

/** The first failure is the cause; what follows from it is not told. */
function fail(error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  reply({ failure: { name, message, stack: stack ?? message } });
}

process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);
process.once("message", (request) => run(request as ProgramRequest).then(reply, fail));
