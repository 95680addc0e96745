import type { ServiceDescription } from "../../services/description.ts";
import type { ClusterRedis } from "../../settings/redis.ts";
import type { RedisForm } from "../redis/form.ts";
import { RedisReplicaSet } from "../redis/replica-set.ts";
import { exporterOf, REDIS_EXPORTER, watchRedis } from "./exporters.ts";
import { type Make, refuseManaged, volumes } from "./part.ts";
import type { PlatformArgs } from "./platform.ts";

/** The Redis of an environment, with a user for each service that uses it. */
export const caches: Make = (parent, namespace, platform) => {
  const { services, keys } = platform;
  const uses = (service: ServiceDescription) => service.cache === "redis";
  const names = services.filter(uses).map((service) => service.name);
  if (names.length === 0) return undefined;
  const name = "redis";
  const users = names.map((user) => ({ name: user, password: keys.password(`${name}/${user}`) }));
  const redis = redisForm(platform)(name, { namespace, users }, parent);
  return { uses, store: redis.store, secrets: (user) => [redis.urlFile(user)] };
};

/** How the settings want Redis to run. */
function redisForm(platform: PlatformArgs): RedisForm {
  const { settings, managed } = platform;
  if (settings.redis.kind === "cluster") return replicaSet(platform, settings.redis);
  return managed?.redis ?? refuseManaged(settings, "redis", "elasticache", '"cluster"');
}

/** Pods with a volume each, of which Sentinels choose the primary. */
const replicaSet =
  (platform: PlatformArgs, { replicas, storage }: ClusterRedis): RedisForm =>
  (name, { namespace, users }, parent) => {
    const { settings, images, keys } = platform;
    const password = (user: string) => keys.password(`${name}/${user}`);
    const exporters = exporterOf(settings, REDIS_EXPORTER);
    const redis = new RedisReplicaSet(
      name,
      {
        namespace,
        image: images.thirdParty("redis"),
        replicas,
        storage,
        ...volumes(settings),
        clients: [...users.map((user) => user.name), ...exporters],
        users: [...users, ...exporters.map((user) => ({ name: user, password: password(user) }))],
        internal: {
          replica: password("#replica"),
          sentinel: password("#sentinel"),
          probe: password("#probe"),
        },
      },
      { parent },
    );
    const store = { name, ports: redis.ports };
    watchRedis(redis, namespace, platform, store);
    return { store, urlFile: (user) => redis.urlFile(user) };
  };
