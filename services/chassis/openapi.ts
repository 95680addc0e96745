import { STATUS_CODES } from "node:http";
import type { FastifySchema } from "fastify";
import { type Static, Type } from "typebox";
import type { ServiceDescription } from "../description.ts";
import { PROBLEM_JSON, ProblemDetails } from "./problem.ts";

declare module "fastify" {
  interface FastifySchema {
    /** What the route does, in a few words: shown in the API's description. Every route has one. */
    summary?: string;
    /** What there is to know beyond the summary. */
    description?: string;
  }
}

/** Path at which a service describes its own API; no gateway leads here. */
export const OPENAPI_PATH = "/openapi.json";

/** As much of an OpenAPI 3.1 document as whoever joins several of them needs to know. */
export const OpenApiDocument = Type.Object({
  openapi: Type.String({ pattern: "^3\\.1\\." }),
  paths: Type.Record(Type.String(), Type.Record(Type.String(), Type.Unknown())),
});
export type OpenApiDocument = Static<typeof OpenApiDocument>;

/** A route as Fastify tells of it when it is registered. */
export interface DescribedRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly schema?: FastifySchema;
}

const PROBLEM = { $ref: "#/components/schemas/Problem" };
/** Parts of documents that all services have in common. */
export const COMPONENTS = {
  schemas: { Problem: ProblemDetails },
  securitySchemes: {
    bearer: {
      type: "http",
      scheme: "bearer",
      bearerFormat: "JWT",
      description: "`accessToken` of a session",
    },
  },
} as const;
/** Who is not logged in may ask, too; what needs a login says so by 401. */
export const SECURITY = [{}, { bearer: [] }];

/** Methods that OpenAPI has. HEAD is what GET says, without the body. */
const METHODS = new Set(["GET", "PUT", "POST", "DELETE", "PATCH"]);
/** Headers that OpenAPI tells of elsewhere. */
const NOT_PARAMETERS = new Set(["accept", "authorization", "content-type", "cookie"]);

/**
 * Describes an API by the schemas that its routes check requests and write answers with: what is described is what
 * is done. TypeBox schemas are JSON Schema, which OpenAPI 3.1 takes as it is, so nothing is translated.
 *
 * @param service Whose API it is.
 * @param routes Its routes; they are described in this order.
 */
export function openApiDocument(service: ServiceDescription, routes: readonly DescribedRoute[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, url, schema = {} } of routes) {
    const path = openApiPath(url);
    for (const name of [method].flat()) {
      if (!METHODS.has(name)) continue;
      paths[path] ??= {};
      paths[path][name.toLowerCase()] = operation(service.name, name, path, schema);
    }
  }
  return {
    openapi: "3.1.0",
    info: { title: service.name, summary: service.summary, version: "1" },
    paths,
    components: COMPONENTS,
    security: SECURITY,
    tags: [{ name: service.name, description: service.summary }],
  };
}

/** A path as OpenAPI writes it: `/orders/:orderId` is `/orders/{orderId}`, and `*` is `{rest}`. */
const openApiPath = (url: string) => url.replaceAll(/:(\w+)(?:\([^)]*\))?/g, "{$1}").replace(/\*$/, "{rest}");

function operation(service: string, method: string, path: string, schema: FastifySchema) {
  const { summary, description, params, querystring, headers, body } = schema;
  const parameters = [
    ...pathParameters(path, params),
    ...memberParameters("query", querystring),
    ...memberParameters("header", headers).filter(({ name }) => !NOT_PARAMETERS.has(name)),
  ];
  return {
    operationId: operationId(method, path),
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    tags: [service],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(isObject(body)
      ? { requestBody: { required: true, content: content(body, "application/json") } }
      : {}),
    responses: responses(schema.response),
  };
}

/** A name that is not given twice: `GET /orders/{orderId}` is `getOrdersByOrderId`. */
const operationId = (method: string, path: string) =>
  method.toLowerCase() +
  path
    .replaceAll("{", "by/")
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

const pathParameters = (path: string, schema: unknown) =>
  [...path.matchAll(/{(\w+)}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: membersOf(schema)[name === "rest" ? "*" : name] ?? { type: "string" },
  }));

function memberParameters(where: "query" | "header", schema: unknown) {
  const required = isObject(schema) && Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(membersOf(schema)).map(([name, member]) => ({
    name,
    in: where,
    // What has a default is there whether or not it was sent.
    required: required.includes(name) && !(isObject(member) && "default" in member),
    schema: member,
  }));
}

function responses(schemas: unknown) {
  const described: Record<string, unknown> = {};
  for (const [status, schema] of Object.entries(isObject(schemas) ? schemas : {})) {
    described[status.toUpperCase()] = response(status, schema);
  }
  described["4XX"] ??= response("4xx", ProblemDetails);
  described["5XX"] ??= response("5xx", ProblemDetails);
  return described;
}

const CLASSES: Readonly<Record<string, string>> = {
  "2xx": "Success",
  "4xx": "The request is refused; the problem says why",
  "5xx": "No answer can be given now; the problem says whether to try again",
  default: "Any other answer",
};

function response(status: string, schema: unknown) {
  const description = CLASSES[status.toLowerCase()] ?? STATUS_CODES[status] ?? status;
  if (!isObject(schema) || schema.type === "null") return { description };
  return { description, content: content(schema, "application/json") };
}

/** By media type, as Fastify has it where the schema itself does not say. */
function content(schema: Readonly<Record<string, unknown>>, mediaType: string) {
  if (isObject(schema.content)) return schema.content;
  const isProblem = schema === problemSchema;
  return isProblem ? { [PROBLEM_JSON]: { schema: PROBLEM } } : { [mediaType]: { schema } };
}
/** Told by what it is, not by its type, which is any schema's. */
const problemSchema: unknown = ProblemDetails;

const membersOf = (schema: unknown) =>
  isObject(schema) && isObject(schema.properties) ? schema.properties : {};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
