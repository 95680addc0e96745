import { Validator } from "@seriousme/openapi-schema-validator";
import { Type } from "typebox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { defineService } from "../description.ts";
import { type Api, createApi } from "./api.ts";
import { IdempotentHeaders } from "./idempotency.ts";
import { createMetrics } from "./metrics.ts";
import { OPENAPI_PATH } from "./openapi.ts";
import { serveOpenApi } from "./openapi-route.ts";
import { ProblemDetails } from "./problem.ts";
import { silentLog } from "./test/running.ts";

const shop = defineService({
  name: "shop",
  summary: "Things",
  scale: { min: 1, max: 1, cpuPercent: 50 },
  resources: { cpu: { request: "1m", limit: "1m" }, memory: { request: "1Mi", limit: "1Mi" } },
  objectives: { availability: 99, p99: "100ms" },
});

const Thing = Type.Object({
  id: Type.String({ format: "uuid" }),
  note: Type.Union([Type.String(), Type.Null()]),
});
let api: Api;

beforeEach(() => {
  api = createApi(silentLog, createMetrics());
  serveOpenApi(api, shop);
});
afterEach(() => api.close());

const document = async () => (await api.inject(OPENAPI_PATH)).json();

test("describes routes by the schemas that they work with, as OpenAPI 3.1", async () => {
  const params = Type.Object({ id: Type.String({ format: "uuid" }) });
  const querystring = Type.Object({ limit: Type.Integer({ default: 5 }), q: Type.String() });
  const body = Type.Object({ note: Type.Optional(Type.String()) }, { additionalProperties: false });
  const response = { 201: Thing, 204: Type.Null(), "4xx": ProblemDetails, "5xx": ProblemDetails };
  api.get(
    "/things",
    { schema: { summary: "List", querystring, response: { 200: Type.Array(Thing) } } },
    () => [],
  );
  api.post(
    "/things/:id/notes",
    { schema: { summary: "Note", description: "Once", params, headers: IdempotentHeaders, body, response } },
    async (_request, reply) => reply.code(204).send(null),
  );
  api.get("/pictures/*", { schema: { summary: "Show" } }, () => "");
  // Once schemas are in use they must still be what they were.
  await api.ready();

  const found = await document();
  expect(await new Validator().validate(found)).toMatchObject({ valid: true });
  expect(found).toMatchObject({ openapi: "3.1.0", info: { title: "shop", summary: "Things" } });
  expect(Object.keys(found.paths)).toEqual(["/things", "/things/{id}/notes", "/pictures/{rest}"]);
  expect(found.paths["/things"]).toEqual({
    get: {
      operationId: "getThings",
      summary: "List",
      tags: ["shop"],
      parameters: [
        { name: "limit", in: "query", required: false, schema: { type: "integer", default: 5 } },
        { name: "q", in: "query", required: true, schema: { type: "string" } },
      ],
      responses: {
        200: {
          description: "OK",
          content: { "application/json": { schema: JSON.parse(JSON.stringify(Type.Array(Thing))) } },
        },
        "4XX": { description: expect.any(String), content: PROBLEM },
        "5XX": { description: expect.any(String), content: PROBLEM },
      },
    },
  });
  expect(found.paths["/things/{id}/notes"].post).toMatchObject({
    operationId: "postThingsByIdNotes",
    summary: "Note",
    description: "Once",
    parameters: [
      { name: "id", in: "path", required: true, schema: { format: "uuid" } },
      { name: "idempotency-key", in: "header", required: true, schema: { minLength: 8 } },
    ],
    requestBody: {
      required: true,
      content: { "application/json": { schema: { additionalProperties: false } } },
    },
    responses: { 204: { description: "No Content" }, "4XX": { content: PROBLEM } },
  });
  expect(found.paths["/pictures/{rest}"].get.parameters).toEqual([
    { name: "rest", in: "path", required: true, schema: { type: "string" } },
  ]);
});
const PROBLEM = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };

test("a media type that a route names is kept", async () => {
  const png = { content: { "image/png": { schema: Type.Unsafe<Buffer>({}) } } };
  api.get("/picture", { schema: { summary: "Show", response: { 200: png } } }, async (_request, reply) =>
    reply.type("image/png").send(Buffer.alloc(1)),
  );
  expect((await document()).paths["/picture"].get.responses[200].content).toEqual({
    "image/png": { schema: {} },
  });
});

test("describes neither itself nor HEAD, which comes with each GET", async () => {
  api.get("/things", { schema: { summary: "List" } }, () => []);
  const { paths } = await document();
  expect(Object.keys(paths)).toEqual(["/things"]);
  expect(Object.keys(paths["/things"])).toEqual(["get"]);
});
