/** What machines are told, judged by the programs that will read it there. */

import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../../../sandbox/command.ts";
import { ensurePrograms } from "../../../test/support/debian.ts";
import { untilReady } from "../../../vm.ts";
import { haproxyConfiguration } from "../load-balancer/haproxy.ts";
import type { VmClusterConfiguration } from "./args.ts";
import { clusterBalancer } from "./balancer.ts";
import { checkCluster } from "./check.ts";
import { administratorConfig } from "./identity.ts";
import { agentUserData, serverUserData } from "./user-data.ts";

const CONFIGURATION: VmClusterConfiguration = {
  secret: Buffer.alloc(32, 7).toString("base64url"),
  address: "api.shop.example.com",
  servers: ["10.0.1.21", "10.0.1.22", "10.0.1.23"],
  nodeCidr: "10.0.1.0/24",
  disable: ["traefik", "servicelb"],
};
const cluster = checkCluster("shop", CONFIGURATION);
const directory = mkdtempSync(join(tmpdir(), "tradestack-vm-"));
const at = (name: string) => join(directory, name);
const TLS = "/var/lib/rancher/k3s/server/tls";
const FETCH = "/usr/local/libexec/tradestack/fetch-k3s";
const ROLE = "/usr/local/libexec/tradestack/choose-role";

/** The files of a machine, by path. */
const files = (userData: string): Record<string, string> => {
  const { write_files }: { write_files: { path: string; content: string }[] } = parse(userData);
  return Object.fromEntries(write_files.map(({ path, content }) => [path, content]));
};
const first = files(serverUserData(cluster, 0));

/** Writes a file of a machine, and says where. */
function write(path: string, content = ""): string {
  const file = at(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, content.startsWith("#!") ? 0o700 : 0o600);
  return file;
}

/** A server that the cluster's own authority vouches for, as another machine of the cluster is. */
async function serve(options: ServerOptions, name: (socket: TLSSocket) => string): Promise<Server> {
  const server = createServer(
    { key: readFileSync(at("serving.key")), cert: readFileSync(at("serving.crt")), ...options },
    (request, response) => response.end(name(request.socket as TLSSocket)),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  await ensurePrograms({
    haproxy: "/usr/sbin/haproxy",
    "cloud-init": "/usr/bin/cloud-init",
    shellcheck: "/usr/bin/shellcheck",
    openssl: "/usr/bin/openssl",
    curl: "/usr/bin/curl",
    "kubernetes-client": "/usr/bin/kubectl",
  });
  for (const name of ["server-ca", "client-ca"]) {
    for (const kind of ["crt", "key"]) write(`${name}.${kind}`, first[`${TLS}/${name}.${kind}`]);
  }
  writeFileSync(at("names"), "subjectAltName=IP:127.0.0.1\n");
  const request = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-subj", "/CN=k3s"];
  await run(["openssl", "req", ...request, "-keyout", at("serving.key"), "-out", at("serving.csr")]);
  const authority = ["-CA", at("server-ca.crt"), "-CAkey", at("server-ca.key"), "-extfile", at("names")];
  await run(["openssl", "x509", "-req", "-in", at("serving.csr"), ...authority, "-out", at("serving.crt")]);
});
afterAll(() => rmSync(directory, { recursive: true }));

test("cloud-init takes the user data of every machine, of a small and of a large cluster", async () => {
  const alone = checkCluster("edge", { ...CONFIGURATION, servers: ["10.0.1.21"] });
  const all = [
    serverUserData(alone, 0),
    ...cluster.servers.map((_, index) => serverUserData(cluster, index)),
    agentUserData(cluster),
  ];
  for (const userData of all) {
    const file = write("user-data.yaml", userData);
    expect(await run(["cloud-init", "schema", "--config-file", file])).toContain("Valid cloud-config");
  }
});

test("shellcheck has nothing to say of the scripts, and systemd nothing of the unit", async () => {
  await run(["shellcheck", write("fetch", first[FETCH]), write("role", first[ROLE])]);
  const unit = (first["/etc/systemd/system/k3s.service"] ?? "")
    .replace(FETCH, at("fetch"))
    .replace(ROLE, at("role"))
    .replace("/usr/local/bin/k3s", "/bin/true");
  let said = "";
  const onLine = (line: string) => {
    said += `${line}\n`;
  };
  await run(["systemd-analyze", "verify", "--man=no", write("k3s.service", unit)], { onLine });
  expect(said).not.toContain("k3s.service");
});

test("HAProxy takes the configuration of the load balancers before a cluster", async () => {
  const machines = {
    address: "10.0.1.10",
    servers: cluster.servers,
    workers: ["10.0.1.31"],
    nodeCidr: "10.0.1.0/24",
  };
  const file = write(
    "haproxy.cfg",
    haproxyConfiguration(clusterBalancer({ ...machines, balancers: ["10.0.1.10"] })),
  );
  expect(await run(["haproxy", "-c", "-V", "-f", file])).toContain("Configuration file is valid");
});

test("openssl takes every authority by the strictest rules, and its key", async () => {
  for (const path of Object.keys(first).filter((name) => name.endsWith(".crt"))) {
    const certificate = write("ca.crt", first[path]);
    const key = write("ca.key", first[path.replace(/crt$/, "key")]);
    const strict = ["-x509_strict", "-check_ss_sig", "-CAfile", certificate, certificate];
    expect(await run(["openssl", "verify", ...strict])).toContain("OK");
    const ofKey = await run(["openssl", "pkey", "-in", key, "-pubout"]);
    expect(await run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"])).toBe(ofKey);
  }
});

test("kubectl believes the cluster, and is believed to be its administrator", async () => {
  const server = await serve(
    { ca: readFileSync(at("client-ca.crt")), requestCert: true, rejectUnauthorized: true },
    (socket) => String(socket.getPeerCertificate().subject.O),
  );
  const kubeconfig = write(
    "kubeconfig",
    administratorConfig(cluster, new Date()).replace(
      "api.shop.example.com:6443",
      `127.0.0.1:${portOf(server)}`,
    ),
  );
  const flags = ["--kubeconfig", kubeconfig, "--context", "shop"];
  expect(await run(["kubectl", ...flags, "get", "--raw", "/readyz"])).toBe("tradestack:administrators");
  // As an update does that waits for the machines.
  await untilReady("shop", readFileSync(kubeconfig, "utf8"), "");
  server.close();
});

test("k3s is fetched once, and only if it is what it has to be", async () => {
  const binary = write("download", "#!/bin/true\n");
  const sha256 = createHash("sha256").update(readFileSync(binary)).digest("hex");
  const script = (checksum: string) => {
    const release = { binaryUrl: `file://${binary}`, binarySha256: checksum };
    const source = files(agentUserData(checkCluster("shop", { ...CONFIGURATION, release })))[FETCH];
    return write("fetch", source?.replaceAll("/usr/local/bin/k3s", at("bin/k3s")));
  };
  await expect(run([script("0".repeat(64))])).rejects.toThrow(/exit code 1/);
  expect(existsSync(at("bin/k3s"))).toBe(false);
  await run([script(sha256)]);
  expect(readFileSync(at("bin/k3s"), "utf8")).toBe("#!/bin/true\n");
  rmSync(binary);
  await run([script(sha256)]);
});

test("the first server begins a cluster where there is none, and joins one that there is", async () => {
  const etc = at("etc");
  const role = join(etc, "config.yaml.d/role.yaml");
  const decide = async (port: number) => {
    rmSync(etc, { recursive: true, force: true });
    write("etc/begin.yaml", "begin");
    write("etc/join.yaml", "join");
    const source = (first[ROLE] ?? "")
      .replaceAll("/etc/rancher/k3s", etc)
      .replaceAll(TLS, directory)
      .replace(/for server in .*;/, "for server in 127.0.0.1;")
      .replace(":6443", `:${port}`)
      .replace("sleep 5", "sleep 0");
    await run([write("role", source)]);
    return readFileSync(role, "utf8");
  };
  const other = await serve({}, () => "");
  const port = portOf(other);
  expect(await decide(port)).toBe("join");
  // One that another authority vouches for is not the cluster.
  write("server-ca.crt", first[`${TLS}/client-ca.crt`]);
  expect(await decide(port)).toBe("begin");
  write("server-ca.crt", first[`${TLS}/server-ca.crt`]);
  other.close();
  expect(await decide(port)).toBe("begin");
  // What was decided stays.
  writeFileSync(role, "decided");
  await run([at("role")]);
  expect(readFileSync(role, "utf8")).toBe("decided");
});
