import { Redis, type RedisOptions } from "ioredis";
import type { Logger } from "./log.ts";

export type { Redis };

/** A Redis URL that cannot be understood. The message says what it must look like; it never shows the password. */
export class RedisUrlError extends Error {
  override readonly name = "RedisUrlError";
}

/** Where Sentinel listens unless the URL says otherwise. */
const SENTINEL_PORT = 26379;

/**
 * Reads `redis://user:password@host:6379` (one server), `rediss://…` (the same, encrypted: a cloud's, whose name leads to
 * whoever is primary) or `redis+sentinel://user:password@host-0:26379,host-1:26379/primary` (whoever is primary, asked
 * of the Sentinels).
 *
 * @throws {RedisUrlError} when the URL is none of them.
 */
export function parseRedisUrl(url: string): RedisOptions {
  const match = /^redis(s|\+sentinel)?:\/\/(?:([^:@]*):([^@]*)@)?([^/]+)(?:\/(.*))?$/.exec(url);
  const [, kind, user, password, hosts, path] = match ?? [];
  if (hosts === undefined) {
    throw new RedisUrlError(
      "REDIS_URL must be redis://user:password@host:port, rediss://… or redis+sentinel://…/primary",
    );
  }
  const credentials = {
    ...(user ? { username: decodeURIComponent(user) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
  };
  const endpoints = hosts.split(",").map((host) => {
    const [name = "", port] = host.split(":");
    return { host: name, ...(port ? { port: Number(port) } : {}) };
  });
  if (kind !== "+sentinel") {
    const [endpoint] = endpoints;
    return {
      ...credentials,
      ...endpoint,
      ...(path ? { db: Number(path) } : {}),
      ...(kind === "s" ? { tls: {}, reconnectOnError: leaveReplica } : {}),
    };
  }
  if (!path) throw new RedisUrlError("REDIS_URL with redis+sentinel:// must end with /NAME of the primary");
  return {
    ...credentials,
    sentinels: endpoints.map((endpoint) => ({ port: SENTINEL_PORT, ...endpoint })),
    name: path,
    ...(credentials.username && { sentinelUsername: credentials.username }),
    ...(credentials.password && { sentinelPassword: credentials.password }),
    // Sentinels say when there is a new primary, so that connections which nobody uses just then find it, too.
    failoverDetector: true,
    reconnectOnError: leaveReplica,
  };
}

/** A former primary that still accepts connections only reads: leave it, and look again who is primary. */
const leaveReplica = (error: Error): 2 | false => (error.message.startsWith("READONLY") ? 2 : false);

/** Milliseconds after which a connection that was given up is made anew. */
const AGAIN_MS = 100;

/**
 * A connection that ends only when who opened it says so. ioredis gives one up for good, without a further attempt, when
 * it is told to leave its server at the moment at which it is looking for one: just then a failover tells it so.
 */
class LastingRedis extends Redis {
  #left = false;

  constructor(options: Omit<RedisOptions, "replyMapping">) {
    super(options);
    this.on("end", () => {
      if (!this.#left) setTimeout(() => this.#again(), AGAIN_MS).unref();
    });
  }

  override disconnect(reconnect = false): void {
    this.#left ||= !reconnect;
    super.disconnect(reconnect);
  }

  #again(): void {
    // Its failure is told by the events, as every other one.
    if (!this.#left && this.status === "end") this.connect().catch(() => undefined);
  }
}

/**
 * Opens a connection to Redis. Every key gets the service's name before it. While Redis is away commands fail at
 * once instead of waiting, so that a service can do without its cache; the connection comes back by itself.
 *
 * @param url See {@link parseRedisUrl}.
 * @param service Name of the service, the prefix of its keys.
 */
export function openRedis(url: string, service: string, log: Logger): Redis {
  const redis = new LastingRedis({
    ...parseRedisUrl(url),
    keyPrefix: `${service}:`,
    connectionName: service,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    commandTimeout: 1000,
    // A server that is gone without a word, as with its node, is left for another one.
    socketTimeout: 2000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2000),
    sentinelRetryStrategy: (attempt) => Math.min(100 * attempt, 2000),
  });
  logAbsence(redis, log);
  return redis;
}

/**
 * Opens a further connection to the same Redis, for commands that block it, such as `WAIT`. Who opens it closes it
 * by `disconnect`.
 */
export function anotherConnection(redis: Redis, log: Logger): Redis {
  const another = new LastingRedis(redis.options);
  logAbsence(another, log);
  return another;
}

/**
 * Waits until a connection can be used, so that the first requests of a new replica do not fail.
 *
 * @param milliseconds For how long at the most.
 * @returns Whether it can be used.
 */
export function readyWithin(milliseconds: number, redis: Redis): Promise<boolean> {
  if (redis.status === "ready") return Promise.resolve(true);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const ready = () => resolve(true);
  const timer = setTimeout(resolve, milliseconds, false);
  redis.once("ready", ready);
  return promise.finally(() => {
    clearTimeout(timer);
    redis.off("ready", ready);
  });
}

/** What Redis answers while it cannot do what it could do otherwise. */
const AWAY_REPLIES = /^(READONLY|LOADING|MASTERDOWN|NOREPLICAS|MISCONF|OOM|BUSY|TRYAGAIN)\b/;

/**
 * Whether a command failed because Redis is away for now, not because it was wrong: the connection is lost, there was
 * no answer in time, or the server is loading, out of memory or no primary any more.
 */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name !== "ReplyError" || AWAY_REPLIES.test(error.message);
}

function logAbsence(redis: Redis, log: Logger): void {
  let away = false;
  redis.on("error", (error: Error) => {
    // One line for each time it goes away, not one for each attempt to come back.
    if (!away) log.warn({ err: error }, "Redis is away");
    away = true;
  });
  redis.on("ready", () => {
    if (away) log.info("Redis is back");
    away = false;
  });
}
