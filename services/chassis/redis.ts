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
 * Reads `redis://user:password@host:6379` (one server) or
 * `redis+sentinel://user:password@host-0:26379,host-1:26379/primary` (whoever is primary, asked of the Sentinels).
 *
 * @throws {RedisUrlError} when the URL is neither.
 */
export function parseRedisUrl(url: string): RedisOptions {
  const match = /^redis(\+sentinel)?:\/\/(?:([^:@]*):([^@]*)@)?([^/]+)(?:\/(.*))?$/.exec(url);
  const [, sentinel, user, password, hosts, path] = match ?? [];
  if (hosts === undefined) {
    throw new RedisUrlError(
      "REDIS_URL must be redis://user:password@host:port or redis+sentinel://…/primary",
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
  if (!sentinel) {
    const [endpoint] = endpoints;
    return { ...credentials, ...endpoint, ...(path ? { db: Number(path) } : {}) };
  }
  if (!path) throw new RedisUrlError("REDIS_URL with redis+sentinel:// must end with /NAME of the primary");
  return {
    ...credentials,
    sentinels: endpoints.map((endpoint) => ({ port: SENTINEL_PORT, ...endpoint })),
    name: path,
    ...(credentials.username && { sentinelUsername: credentials.username }),
    ...(credentials.password && { sentinelPassword: credentials.password }),
    // A former primary that still accepts connections only reads: leave it and ask the Sentinels again.
    reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
  };
}

/**
 * Opens a connection to Redis. Every key gets the service's name before it. While Redis is away commands fail at
 * once instead of waiting, so that a service can do without its cache; the connection comes back by itself.
 *
 * @param url See {@link parseRedisUrl}.
 * @param service Name of the service, the prefix of its keys.
 */
export function openRedis(url: string, service: string, log: Logger): Redis {
  const redis = new Redis({
    ...parseRedisUrl(url),
    keyPrefix: `${service}:`,
    connectionName: service,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    commandTimeout: 1000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2000),
    sentinelRetryStrategy: (attempt) => Math.min(100 * attempt, 2000),
  });
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
  return redis;
}
