/** A team's own service with a cache, in a namespace that is there already. */

import * as pulumi from "@pulumi/pulumi";
import { Microservice, RedisReplicaSet } from "tradestack";

const config = new pulumi.Config("consumer");
const namespace = config.require("namespace");

const cache = new RedisReplicaSet("wishlist-cache", {
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
});

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
