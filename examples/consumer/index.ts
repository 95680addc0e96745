/** A team's own service with a cache, in a namespace that is there already. */

import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { Microservice, RedisReplicaSet, readStack } from "tradestack";

const config = new pulumi.Config("consumer");
const namespace = config.require("namespace");
// Where the shop's stack made its cluster, such as acme/tradestack/prod, that is the cluster; else the current context.
const shop = config.get("shop");
const opts =
  shop === undefined ? {} : { provider: new Provider("shop", { kubeconfig: readStack(shop).kubeconfig }) };

const cache = new RedisReplicaSet(
  "wishlist-cache",
  {
    namespace,
    image: "docker.io/library/redis:7.2.11-bookworm",
    storage: "1Gi",
    clients: ["wishlist"],
    users: [{ name: "wishlist", password: config.requireSecret("password") }],
    internal: {
      replica: config.requireSecret("replicaPassword"),
      sentinel: config.requireSecret("sentinelPassword"),
      probe: config.requireSecret("probePassword"),
    },
  },
  opts,
);

new Microservice(
  "wishlist",
  {
    namespace,
    image: config.require("image"),
    scale: { min: 2, max: 6, cpuPercent: 70 },
    resources: { cpu: { request: "25m", limit: "1" }, memory: { request: "96Mi", limit: "256Mi" } },
    callers: ["gateway"],
    stores: [{ name: "wishlist-cache", ports: cache.ports }],
    secrets: [cache.urlFile("wishlist")],
  },
  {
    ...opts,
    transform: {
      deployment: (built) => ({
        ...built,
        metadata: pulumi
          .output(built.metadata)
          .apply((metadata) => ({ ...metadata, annotations: { team: "wishes" } })),
      }),
    },
  },
);
