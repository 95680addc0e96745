import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { sandboxConnection } from "../../sandbox/index.ts";

const run = promisify(execFile);

/** A cluster under test or drill, as an operator with kubectl sees it. */
export class Cluster {
  /** Where its ingress listens, such as `http://127.0.0.1:18080`. */
  readonly ingress: string;
  readonly #kubectl: string;
  readonly #flags: readonly string[];

  /**
   * @param ingress Where its ingress listens, such as `http://127.0.0.1:18080`.
   * @param kubectl The kubectl to run: a name on PATH or a path.
   * @param flags Those of kubectl that choose the cluster.
   */
  constructor(ingress: string, kubectl: string, flags: readonly string[]) {
    this.ingress = ingress;
    this.#kubectl = kubectl;
    this.#flags = flags;
  }

  /**
   * The context that TRADESTACK_CONTEXT names, with its ingress at TRADESTACK_TEST_INGRESS; else the sandbox.
   *
   * @throws Error when there is neither.
   */
  static current(): Cluster {
    const context = process.env.TRADESTACK_CONTEXT;
    if (context !== undefined) {
      const ingress = process.env.TRADESTACK_TEST_INGRESS;
      if (ingress === undefined) {
        throw new Error(
          `TRADESTACK_TEST_INGRESS is missing: say where the ingress of context "${context}" listens, such as http://127.0.0.1:80`,
        );
      }
      return new Cluster(ingress, "kubectl", ["--context", context]);
    }
    const sandbox = sandboxConnection();
    if (sandbox === undefined)
      throw new Error("the sandbox does not run; start it with: npm run sandbox -- up");
    return new Cluster(`http://${sandbox.ingress.http}`, sandbox.kubectl, [
      `--kubeconfig=${sandbox.kubeconfig}`,
    ]);
  }

  /** Runs kubectl and gives what it printed, without the last line's end. */
  async kubectl(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(this.#kubectl, [...this.#flags, ...args], { maxBuffer: 1 << 26 });
    return stdout.trimEnd();
  }

  /** Puts an object, or a List of them, onto the cluster. */
  async apply(object: object): Promise<void> {
    await this.#apply(object);
  }

  /**
   * Has the API server go through all it does with an object, or a List of them, but keep it: schemas, defaults,
   * admission. Fields that it does not know and warnings are errors.
   *
   * @returns What was checked, as `deployment.apps/order`.
   */
  async validate(object: object): Promise<readonly string[]> {
    const strict = ["--validate=strict", "--warnings-as-errors", "--field-manager=tradestack-validation"];
    const names = await this.#apply(object, "--server-side", "--dry-run=server", ...strict, "--output=name");
    return names.trimEnd().split("\n");
  }

  async #apply(object: object, ...flags: readonly string[]): Promise<string> {
    const applying = run(this.#kubectl, [...this.#flags, "apply", "--filename=-", ...flags]);
    applying.child.stdin?.end(JSON.stringify(object));
    return (await applying).stdout;
  }

  /** Asks a service's database through the server's own pod and gives the one value it answers. */
  sql(namespace: string, database: string, query: string): Promise<string> {
    const psql = [
      "psql",
      "--username=postgres",
      `--dbname=${database}`,
      "--tuples-only",
      "--no-align",
      "--command",
    ];
    return this.kubectl("exec", "--namespace", namespace, "postgres-0", "--", ...psql, query);
  }

  /**
   * Runs one of a service's own commands in a pod of it, such as `reconcile --json`, and gives what it printed, whatever
   * its exit code.
   */
  async serviceCommand(namespace: string, service: string, ...words: readonly string[]): Promise<string> {
    const node = ["/usr/local/bin/node", "/app/main.js"];
    const exec = ["exec", "--namespace", namespace, `deployment/${service}`, "--container", service, "--"];
    try {
      return await this.kubectl(...exec, ...node, ...words);
    } catch (error) {
      const said: unknown = error instanceof Error ? Reflect.get(error, "stdout") : undefined;
      if (typeof said === "string" && said.trim() !== "") return said.trimEnd();
      throw error;
    }
  }

  /** Kills every pod of a service at once, as a machine that loses power does. */
  async killPods(namespace: string, service: string): Promise<void> {
    const selector = `app.kubernetes.io/name=${service}`;
    const now = ["--grace-period=0", "--force", "--wait=false"];
    await this.kubectl("delete", "pods", "--namespace", namespace, "--selector", selector, ...now);
  }

  /** Kills one pod as {@link killPods} does. */
  async killPod(namespace: string, pod: string): Promise<void> {
    const now = ["--grace-period=0", "--force", "--wait=false"];
    await this.kubectl("delete", "pod", pod, "--namespace", namespace, ...now);
  }

  /** Does something while no node takes new pods. */
  async withoutNewPods(work: () => Promise<void>): Promise<void> {
    const nodes = (await this.kubectl("get", "nodes", "--output=name")).split("\n");
    await this.kubectl("cordon", ...nodes);
    try {
      await work();
    } finally {
      await this.kubectl("uncordon", ...nodes);
    }
  }

  /**
   * The pod of the Redis server that takes writes, by a Sentinel's word.
   *
   * @param gone A pod that cannot be asked.
   */
  async redisPrimary(namespace: string, gone?: string): Promise<string> {
    const ask =
      'REDISCLI_AUTH="$(cat /run/secrets/redis/sentinel)" redis-cli --user sentinel -p 26379 --raw sentinel get-master-addr-by-name primary';
    const asked = [
      "exec",
      "--namespace",
      namespace,
      gone === "redis-2" ? "redis-1" : "redis-2",
      "--container",
      "sentinel",
      "--",
      "sh",
      "-c",
      ask,
    ];
    const [host = ""] = (await this.kubectl(...asked)).split("\n");
    return host.split(".", 1)[0] ?? "";
  }

  async podNames(namespace: string): Promise<readonly string[]> {
    const names = await this.kubectl("get", "pods", "--namespace", namespace, "--output=name");
    return names.split("\n").sort();
  }

  /** Names of the pods of a service or store that are there to stay, in alphabetical order. */
  async podsOf(namespace: string, name: string): Promise<readonly string[]> {
    const pods = ["get", "pods", "--namespace", namespace, `--selector=app.kubernetes.io/name=${name}`];
    const path = "{range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{'\\n'}{end}";
    const lines = (await this.kubectl(...pods, `--output=jsonpath=${path}`)).split("\n");
    return lines.flatMap((line) => (/^\S+ ?$/.test(line) ? [line.trim()] : [])).sort();
  }

  /** Waits until a deployment's pods are all of its latest version. */
  async rolledOut(namespace: string, deployment: string, seconds: number): Promise<void> {
    const status = ["rollout", "status", `deployment/${deployment}`, "--namespace", namespace];
    await this.kubectl(...status, `--timeout=${seconds}s`);
  }

  imageOf(namespace: string, deployment: string): Promise<string> {
    const path = "--output=jsonpath={.spec.template.spec.containers[0].image}";
    return this.kubectl("get", "deployment", deployment, "--namespace", namespace, path);
  }

  async namespaceExists(namespace: string): Promise<boolean> {
    return (await this.kubectl("get", "namespace", namespace, "--ignore-not-found", "--output=name")) !== "";
  }
}
