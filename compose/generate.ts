/** `npm run compose`: writes compose.yaml, for local work with containers and without Kubernetes. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { parseQuantity } from "../components/quantity.ts";
import { readSettings } from "../deploy/stack/wanted.ts";
import { serviceEnvironment } from "../dev/environment.ts";
import { ADMIN_PORT, API_PORT, type ServiceDescription } from "../services/description.ts";
import { services } from "../services/index.ts";
import { publicImage, TRAEFIK_IMAGE } from "../versions.ts";

/** Where compose.yaml is. */
export const COMPOSE_FILE = join(import.meta.dirname, "..", "compose.yaml");
/** Port on 127.0.0.1 that joins the shop and the API. */
const PUBLIC_PORT = 8000;
const SECRETS = "/run/secrets/tradestack";

/** A service of the Compose file, as far as it is used here (compose-spec, 2.23 or later). */
interface Container {
  readonly image: string;
  readonly build?: object;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly configs?: readonly object[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: "none";
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly restart: "unless-stopped" | "no";
  readonly user?: string;
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly string[];
  readonly cpus?: number;
  readonly mem_limit?: string;
  readonly stop_grace_period?: string;
}

const unprivileged = { cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] } as const;
const done = { condition: "service_completed_successfully" };
const healthy = { condition: "service_healthy" };

const STORES = ["postgres", "redis", "rabbitmq"] as const;
type Store = (typeof STORES)[number];

/** The stores that a service uses, by the names of their containers. */
function storesOf({ database, cache, publishes, consumes }: ServiceDescription): Store[] {
  const used: Readonly<Record<Store, boolean>> = {
    postgres: database !== undefined,
    redis: cache !== undefined,
    rabbitmq: publishes.length + consumes.length > 0,
  };
  return STORES.filter((store) => used[store]);
}

const URL_VARIABLES: Readonly<Record<Store, string>> = {
  postgres: "DATABASE_URL",
  redis: "REDIS_URL",
  rabbitmq: "BROKER_URL",
};
/** `DATABASE_URL` is in the file `database-url`, as in a cluster. */
const secretPath = (variable: string) => `${SECRETS}/${variable.toLowerCase().replaceAll("_", "-")}`;

function environmentOf(service: ServiceDescription): Record<string, string> {
  const urls = storesOf(service).map((store) => URL_VARIABLES[store]);
  return {
    ...serviceEnvironment(service, {
      urlOf: (callee) => `http://${callee.name}:${API_PORT}`,
      database: undefined,
      redis: undefined,
      broker: undefined,
      secretFile: secretPath,
      publicUrl: `http://127.0.0.1:${PUBLIC_PORT}`,
    }),
    ...Object.fromEntries(urls.map((variable) => [`${variable}_FILE`, secretPath(variable)])),
    ...readSettings("dev", "any").settings.services[service.name]?.environment,
  };
}

/** A service, and before it the one-shot container that migrates its database. */
function serviceContainers(service: ServiceDescription): Record<string, Container> {
  const { name, resources, database, calls } = service;
  const stores = storesOf(service);
  const { cpu, memory } = resources;
  const common = {
    image: `tradestack/${name}`,
    build: { context: ".", dockerfile: "images/service/Dockerfile", args: { SERVICE: name } },
    environment: environmentOf(service),
    volumes: [`${name}-secrets:${SECRETS}:ro`],
    networks: ["inside"],
    ...unprivileged,
    read_only: true,
    tmpfs: ["/tmp"],
    cpus: parseQuantity(cpu.limit) ?? 1,
    mem_limit: `${Math.round((parseQuantity(memory.limit) ?? 0) / 2 ** 20)}m`,
  };
  const ready = `fetch("http://127.0.0.1:${ADMIN_PORT}/readyz").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
  const before = Object.fromEntries(stores.map((store) => [store, healthy]));
  const serve: Container = {
    ...common,
    command: ["serve"],
    restart: "unless-stopped",
    depends_on: {
      credentials: done,
      ...before,
      ...(database === undefined ? {} : { [`${name}-migrate`]: done }),
      ...Object.fromEntries(calls.map((callee) => [callee.name, { condition: "service_started" }])),
    },
    // The images have no shell and no other program than Node.
    healthcheck: {
      test: ["CMD", "/usr/local/bin/node", "--eval", ready],
      interval: "10s",
      start_period: "60s",
      start_interval: "1s",
    },
    stop_grace_period: "30s",
  };
  if (database === undefined) return { [name]: serve };
  const migrate: Container = {
    ...common,
    command: ["migrate"],
    restart: "no",
    depends_on: { credentials: done, postgres: healthy },
  };
  return { [`${name}-migrate`]: migrate, [name]: serve };
}

function storeContainers(all: readonly ServiceDescription[]): Record<string, Container> {
  const store = {
    networks: ["inside"],
    restart: "unless-stopped",
    user: "999:999",
    ...unprivileged,
  } as const;
  const check = (...test: string[]) => ({ test, interval: "5s", timeout: "10s", retries: 20 });
  const lines = all.map((service) => [service.name, ...storesOf(service), ...service.secrets].join(" "));
  return {
    credentials: {
      image: publicImage("postgres"),
      command: ["/credentials.sh"],
      environment: { SERVICES: `${lines.join("\n")}\n` },
      volumes: [
        "./compose/credentials.sh:/credentials.sh:ro",
        ...STORES.map((store) => `${store}-secrets:/stores/${store}`),
        ...all.map(({ name }) => `${name}-secrets:/services/${name}`),
      ],
      network_mode: "none",
      restart: "no",
      user: "0:0",
      ...unprivileged,
      cap_add: ["CHOWN", "DAC_OVERRIDE"],
    },
    postgres: {
      ...store,
      image: publicImage("postgres"),
      environment: {
        POSTGRES_PASSWORD_FILE: "/stores/postgres/password",
        PGDATA: "/var/lib/postgresql/data/pgdata",
      },
      volumes: [
        "postgres-data:/var/lib/postgresql/data",
        "postgres-secrets:/stores/postgres:ro",
        "./compose/databases.sh:/docker-entrypoint-initdb.d/10-databases.sh:ro",
      ],
      depends_on: { credentials: done },
      healthcheck: check("CMD", "pg_isready", "--host=127.0.0.1", "--username=postgres"),
    },
    redis: {
      ...store,
      image: publicImage("redis"),
      command: [
        "redis-server",
        ...["--aclfile", "/stores/redis/users.acl", "--appendonly", "yes", "--dir", "/data"],
        // As in a cluster: counts of logins and requests are in use and stay, long forgotten carts go first.
        ...["--maxmemory", "128mb", "--maxmemory-policy", "volatile-lru"],
      ],
      volumes: ["redis-data:/data", "redis-secrets:/stores/redis:ro"],
      depends_on: { credentials: done },
      healthcheck: check(
        "CMD",
        "redis-cli",
        "--user",
        "probe",
        "--pass",
        "none",
        "--no-auth-warning",
        "ping",
      ),
    },
    rabbitmq: {
      ...store,
      image: publicImage("rabbitmq"),
      environment: { RABBITMQ_CONFIG_FILES: "/stores/rabbitmq" },
      volumes: ["rabbitmq-data:/var/lib/rabbitmq", "rabbitmq-secrets:/stores/rabbitmq:ro"],
      depends_on: { credentials: done },
      healthcheck: check("CMD", "rabbitmq-diagnostics", "--quiet", "check_port_connectivity"),
    },
  };
}

/** What the public Ingress does in a cluster. */
function frontContainer(all: readonly ServiceDescription[]): Record<string, Container> {
  const routed = all.filter((service) => service.public !== undefined);
  return {
    front: {
      image: TRAEFIK_IMAGE,
      command: [
        `--entrypoints.web.address=:${PUBLIC_PORT}`,
        "--providers.file.filename=/etc/traefik/routes.yaml",
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
      ],
      configs: [{ source: "routes", target: "/etc/traefik/routes.yaml" }],
      ports: [`127.0.0.1:${PUBLIC_PORT}:${PUBLIC_PORT}`],
      networks: ["inside", "outside"],
      depends_on: Object.fromEntries(routed.map(({ name }) => [name, healthy])),
      restart: "unless-stopped",
      user: "65532:65532",
      read_only: true,
      ...unprivileged,
    },
  };
}

/** Traefik's routes: the public path of each service; the longest one that fits counts. */
export function frontRoutes(
  all: readonly ServiceDescription[],
  addressOf: (service: ServiceDescription) => string,
): object {
  const routed = all.filter((service) => service.public !== undefined);
  const map = <T>(entry: (service: ServiceDescription) => T) =>
    Object.fromEntries(routed.map((service) => [service.name, entry(service)]));
  const rule = (path: string) =>
    path === "/" ? "PathPrefix(`/`)" : `Path(\`${path}\`) || PathPrefix(\`${path}/\`)`;
  return {
    http: {
      routers: map(({ name, public: path = "/" }) => ({
        rule: rule(path),
        service: name,
        priority: path.length,
      })),
      services: map((service) => ({ loadBalancer: { servers: [{ url: addressOf(service) }] } })),
    },
  };
}

/**
 * The Compose file of services.
 *
 * @returns YAML.
 */
export function composeFile(all: readonly ServiceDescription[]): string {
  const containers = {
    ...storeContainers(all),
    ...Object.assign({}, ...all.map(serviceContainers)),
    ...frontContainer(all),
  };
  const volumes = STORES.flatMap((store) => [`${store}-data`, `${store}-secrets`]);
  const routes = frontRoutes(all, ({ name }) => `http://${name}:${API_PORT}`);
  const file = {
    name: "tradestack",
    services: containers,
    configs: { routes: { content: stringify(routes) } },
    networks: { inside: { internal: true }, outside: {} },
    volumes: Object.fromEntries(
      [...volumes, ...all.map(({ name }) => `${name}-secrets`)].map((name) => [name, {}]),
    ),
  };
  const head = `# Made by "npm run compose" from the services' descriptions; change those instead.\n`;
  return head + stringify(file, { version: "1.1", lineWidth: 110, aliasDuplicateObjects: false });
}

if (import.meta.main) {
  writeFileSync(COMPOSE_FILE, composeFile(services));
  console.log(`wrote ${COMPOSE_FILE}; docker compose up brings it up on http://127.0.0.1:${PUBLIC_PORT}`);
}
