/** The public face of the chassis: what every service is built on. */
export { type AccessTokenVerifier, createAccessTokenVerifier, type Verification } from "./access-token.ts";
export { type Api, sendProblem, sendStored } from "./api.ts";
export {
  type Caller,
  callerOf,
  notPermitted,
  type Requester,
  requireCaller,
  requirePermission,
} from "./caller.ts";
export { clientAddress } from "./client-address.ts";
export { type Command, type CommandContext, type CommandOptions, runCommand } from "./commands.ts";
export { type CookieOptions, readCookie, writeCookie } from "./cookies.ts";
export { type Database, type Queryable, type Statement, statement } from "./database.ts";
export { isDatabaseAway, violatedConstraint } from "./database-errors.ts";
export { type EventHandler, onEvent, UnreadableEventError } from "./event-handler.ts";
export { type Answer, type Call, ContractError, type HttpClient, parseAnswer } from "./http-client.ts";
export {
  IdempotencyKey,
  IdempotentHeaders,
  idempotent,
  keyInUse,
  keyReused,
  requestHash,
  type StoredResponse,
} from "./idempotency.ts";
export { limitedUnit } from "./limited-unit.ts";
export { createLogger, type Logger } from "./log.ts";
export type { Metrics } from "./metrics.ts";
export { type Migration, migrate, migrationsBeside, readMigrations } from "./migrations.ts";
export { OPENAPI_PATH } from "./openapi.ts";
export { type OutboxRow, outboxRow, storeEvent } from "./outbox.ts";
export { invalidField, PROBLEM_JSON, Problem, ProblemDetails, problemType, unavailable } from "./problem.ts";
export {
  type Allowance,
  createRateLimiter,
  type Excess,
  type RateLimit,
  type RateLimiter,
  tooManyRequests,
} from "./rate-limit.ts";
export { anotherConnection, isRedisAway, type Redis, readyWithin } from "./redis.ts";
export { type RedisScript, redisScript } from "./redis-script.ts";
export { runService } from "./run.ts";
export { FORGOTTEN_AT_ONCE } from "./schema.ts";
export {
  type SecurityDetails,
  type SecurityEvent,
  securityEvents,
  type TellSecurityEvent,
} from "./security-events.ts";
export {
  type RunningService,
  type Service,
  type ServiceContext,
  type StartOptions,
  startService,
} from "./service.ts";
export {
  integer,
  oneOf,
  readSettings,
  type Setting,
  SettingsError,
  type SettingsOf,
  type SettingsSpec,
  text,
  url,
} from "./settings.ts";
export { currentTraceparent } from "./trace-context.ts";
export { inCall, SpanKind, type Tracing, within } from "./tracing.ts";
export type { Worker } from "./worker.ts";
