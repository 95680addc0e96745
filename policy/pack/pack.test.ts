/** The built pack as Pulumi's engine meets it: run by the SDK's own host, and asked through gRPC. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import {
  type AnalyzeDiagnostic,
  AnalyzeRequest,
  type AnalyzeResponse,
  type AnalyzerInfo,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
  EnforcementLevel,
  PolicyConfig,
} from "@pulumi/pulumi/proto/analyzer_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { RULES } from "../rules/index.ts";
import { container, deployment, object, podSpec } from "../test/objects.ts";
import { buildPack } from "./build.ts";

/** Pulumi's mark of a text that only a deployment knows; it is part of its wire protocol. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

let directory: string;
let host: ChildProcess;
let client: AnalyzerClient;

beforeAll(async () => {
  // Inside the checkout, where the SDK is found as it is from policy/dist.
  const cache = join(import.meta.dirname, "..", "..", "node_modules", ".cache");
  mkdirSync(cache, { recursive: true });
  directory = mkdtempSync(join(cache, "policy-pack-"));
  await buildPack(directory);
  const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");
  const started = spawn(process.execPath, [runner, "127.0.0.1:1", "."], {
    cwd: directory,
    stdio: ["ignore", "pipe", "inherit"],
  });
  host = started;
  const [port] = await once(started.stdout, "data");
  client = new AnalyzerClient(`127.0.0.1:${Number(port)}`, credentials.createInsecure());
}, 60_000);

afterAll(async () => {
  client?.close();
  if (host?.exitCode === null && host.kill()) await once(host, "exit");
  rmSync(directory, { recursive: true, force: true });
});

/** A resource as the engine tells of it. */
interface Told {
  readonly type: string;
  readonly name: string;
  readonly inputs: JsonObject;
  readonly dependencies?: string[];
}
const urnOf = ({ type, name }: Told, stack = "prod") => `urn:pulumi:${stack}::shop::${type}::${name}`;
const told = (inputs: JsonObject & { kind: string; apiVersion: string }): Told => ({
  type: `kubernetes:${inputs.apiVersion}:${inputs.kind}`,
  name: `my-${inputs.kind.toLowerCase()}`,
  inputs,
});

/** What the pack says about one resource, before it is made. */
async function analyze(resource: Told, stack = "prod"): Promise<AnalyzeDiagnostic.AsObject[]> {
  const request = new AnalyzeRequest()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(urnOf(resource, stack))
    .setOptions(new AnalyzerResourceOptions())
    .setProperties(Struct.fromJavaScript(resource.inputs));
  const ask: (request: AnalyzeRequest) => Promise<AnalyzeResponse> = promisify(client.analyze.bind(client));
  return (await ask(request)).toObject().diagnosticsList;
}

/** What it says about a whole stack. */
async function analyzeStack(...resources: Told[]): Promise<AnalyzeDiagnostic.AsObject[]> {
  const list = resources.map((resource) =>
    new AnalyzerResource()
      .setType(resource.type)
      .setName(resource.name)
      .setUrn(urnOf(resource))
      .setOptions(new AnalyzerResourceOptions())
      .setDependenciesList(resource.dependencies ?? [])
      .setProperties(Struct.fromJavaScript(resource.inputs)),
  );
  const request = new AnalyzeStackRequest().setResourcesList(list);
  const ask: (request: AnalyzeStackRequest) => Promise<AnalyzeResponse> = promisify(
    client.analyzeStack.bind(client),
  );
  return (await ask(request)).toObject().diagnosticsList;
}
const rulesOf = (diagnostics: readonly AnalyzeDiagnostic.AsObject[]) =>
  diagnostics.map(({ policyname }) => policyname);
const withImage = (image: string) => told(deployment(podSpec({ containers: [container({ image })] })));

test("lists every rule, under the version of the platform", async () => {
  const ask: (request: Empty) => Promise<AnalyzerInfo> = promisify(client.getAnalyzerInfo.bind(client));
  const info = (await ask(new Empty())).toObject();
  const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  expect(info).toMatchObject({ name: "tradestack", version });
  expect(info.policiesList.map(({ name, description }) => [name, description])).toEqual(
    RULES.map(({ name, description }) => [name, description]),
  );
});

test("refuses a resource before it is made, and says where and why", async () => {
  const bad = withImage("docker.io/library/postgres:17.6");
  expect(await analyze(bad)).toMatchObject([
    {
      policyname: "image-digest",
      message: expect.stringMatching(
        /^spec\.template\.spec\.containers\[0\]\.image: image .* is not pinned/m,
      ),
      urn: urnOf(bad),
    },
  ]);
  expect(await analyze(withImage(`postgres@sha256:${"0".repeat(64)}`))).toEqual([]);
});

test("a stack that is named after an environment is held to its rules, any other to production's", async () => {
  expect(await analyze(withImage("postgres"), "dev")).toEqual([]);
  expect(rulesOf(await analyze(withImage("postgres"), "edge"))).toEqual(["image-version", "image-digest"]);
});

test("what only a deployment knows is nobody's fault", async () => {
  expect(await analyze(withImage(UNKNOWN))).toEqual([]);
});

test("sees what only the whole stack shows, and whose it is", async () => {
  const target = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
  const autoscaler = told(
    object("autoscaling/v2", "HorizontalPodAutoscaler", "web", {
      spec: { scaleTargetRef: target, maxReplicas: 2 },
    }),
  );
  expect(await analyzeStack(autoscaler)).toMatchObject([
    { policyname: "autoscaler-targets", urn: urnOf(autoscaler) },
  ]);
  expect(rulesOf(await analyzeStack(autoscaler, told(deployment(podSpec(), { replicas: 1 }))))).toEqual([
    "default-deny",
  ]);
});

test("judges cloud resources, and knows what depends on what", async () => {
  const bucket = { type: "aws:s3/bucket:Bucket", name: "backups", inputs: { bucket: UNKNOWN } };
  const on = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  };
  const block = {
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    name: "backups",
    inputs: { bucket: UNKNOWN, ...on },
    dependencies: [urnOf(bucket)],
  };
  expect(await analyzeStack(bucket, block)).toEqual([]);
  expect(await analyzeStack(bucket)).toMatchObject([
    { policyname: "aws-private-buckets", urn: urnOf(bucket) },
  ]);
  const volume = { type: "aws:ebs/volume:Volume", name: "data", inputs: { size: 8 } };
  expect(rulesOf(await analyze(volume))).toEqual(["aws-encrypted-volumes"]);
});

test("can be told which environment a stack is, rule by rule", async () => {
  const ask: (request: ConfigureAnalyzerRequest) => Promise<Empty> = promisify(client.configure.bind(client));
  const dev = new PolicyConfig()
    .setEnforcementlevel(EnforcementLevel.MANDATORY)
    .setProperties(Struct.fromJavaScript({ environment: "dev" }));
  const request = new ConfigureAnalyzerRequest();
  request.getPolicyconfigMap().set("image-digest", dev);
  await ask(request);
  onTestFinished(async () => void (await ask(new ConfigureAnalyzerRequest())));
  expect(rulesOf(await analyze(withImage("postgres"), "edge"))).toEqual(["image-version"]);
});
